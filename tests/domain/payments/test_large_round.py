"""A round of many pupils with eight receipts each, from the calculation to the bank's file.  Speed: `make bench`."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from domain.payments import services
from domain.payments.models import PupilPayment
from jobs.running import run_job
from ops.bench.database.receipts import pupils_with_receipts
from tests.domain.payments.support import asked, opened, released
from tests.support import records

PUPILS = 600


@pytest.mark.slow
def test_a_large_round_is_calculated_again_and_paid(in_a: Any) -> None:
    pupils_with_receipts(records.school("S01"), PUPILS)
    round_ = opened()
    sums = []
    for _ in ("first", "again"):
        run_job(asked(round_).pk)
        round_.refresh_from_db()
        assert round_.state == "calculated"
        totals = services.totals_of(round_)
        sums.append((totals.count, totals.total))
    assert sums[0] == sums[1]
    assert PupilPayment.objects.count() == totals.count == PUPILS
    services.approve_round(round_, records.staff(Role.APPROVER), totals.count, totals.total)
    released(round_)
    assert services.bank_file(round_)
