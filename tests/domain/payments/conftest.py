"""A calculated round, and a school with one pupil who has a category."""

from __future__ import annotations

from typing import Any

import pytest

from domain.payments.models import PaymentRound
from tests.domain.payments.support import calculated, opened, pupil, spend
from tests.support import records


@pytest.fixture
def round_(in_a: Any, heard: list[Any]) -> PaymentRound:
    """Calculated: 4,000 円 at S01, 2,475 円 in Ⅱ at S02, one pupil without a category."""
    spend(pupil(1, name="見本 一郎"), "school_lunch", 4_000)
    spend(pupil(2, where=records.school("S02"), name="別校 二郎"), "school_lunch", 4_951)
    spend(pupil(None, name="未定 三郎"), "school_lunch", 1_000)
    return calculated(opened())


@pytest.fixture
def school(in_a: Any, heard: list[Any]) -> Any:
    """S01 with 見本 一郎 (P1) in Ⅰ."""
    where = records.school("S01")
    pupil(1, where=where, student_number="P1", name="見本 一郎")
    return where
