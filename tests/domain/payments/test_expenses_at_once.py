"""Two people correct one receipt at the same moment: the second is shown both amounts, none is lost."""

from __future__ import annotations

from typing import Any

import pytest

from domain.payments.models import Expense
from tests.domain.payments.support import pupil, spend
from tests.domain.payments.test_expense_pages import ENTRY
from tests.domain.statements.people import clerk_of, text
from tests.support import records
from tests.support.at_once import kou, sent_while_a_colleague_saves

__all__ = ["kou"]

pytestmark = pytest.mark.usefixtures("heard")


def test_a_receipt(postgres: Any, kou: Any) -> None:
    child = pupil(1, where=records.school("S01"), student_number="P1", name="見本 一郎")
    expense = spend(child, "school_lunch", 4_000)
    here = f"/payments/expenses/{expense.pk}/"
    typed = ENTRY | {"amount": "5,000", "used_on": expense.used_on.isoformat(), "evidence": expense.evidence}
    answer = sent_while_a_colleague_saves(postgres, kou, clerk_of("S01"), here, typed, expense, amount=3_000)
    page = text(answer)
    assert "ほかの人が「3,000」に変えました" in page
    assert 'value="5,000"' in page
    assert Expense.objects.get(pk=expense.pk).amount == 3_000
