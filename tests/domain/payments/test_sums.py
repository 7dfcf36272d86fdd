"""Whatever the expenses: sum over pupils = sum over lines = totals of the round = transfers and 振込不可."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.households.models import StatusPeriod
from domain.payments import services
from domain.payments.items import shipped_items
from domain.payments.models import PaymentLine, PaymentRound, PupilPayment, Transfer, Untransferable
from integrations.bank_transfer import parse
from tests.domain.payments.support import SECOND, approved, calculated, child, day, opened, pupil, released, spend
from tests.support import records
from tests.support.records import YEAR

_Attendance = StatusPeriod.Attendance
_RECEIPTS = st.tuples(
    st.sampled_from(sorted(shipped_items(YEAR))), st.integers(1, 80_000), st.integers(4, 11), st.integers(1, 5)
)
_PUPILS = st.fixed_dictionaries(
    {
        "category": st.sampled_from([None, 1, 2, 3]),
        "grade": st.integers(1, 3),
        "department": st.sampled_from(StatusPeriod.Department.values),
        "attendance": st.sampled_from([_Attendance.COMMUTER, _Attendance.BOARDER, _Attendance.LEFT]),
        "receipts": st.lists(_RECEIPTS, max_size=5),
    }
)
_HOMES = st.lists(
    st.tuples(
        st.sampled_from(["none", "partial", "full"]), st.booleans(), st.booleans(), st.lists(_PUPILS, max_size=2)
    ),
    min_size=1,
    max_size=3,
)


def _build(homes: list[Any]) -> None:
    for decline, welfare, has_account, children in homes:
        account = {} if has_account else {"account_number": ""}
        home = records.household(decline=decline, on_welfare=welfare, **account)
        for facts in children:
            status = {name: facts[name] for name in ("grade", "department", "attendance")}
            who = pupil(facts["category"], at=child(home), status=status)
            for item, amount, month, trip in facts["receipts"]:
                purpose = "accompanying" if shipped_items(YEAR)[item].purposes else ""
                spend(who, item, amount, day(month), trip=trip, purpose=purpose)


def _sums(rows: Any) -> tuple[int, int]:
    found = [row["ledgers"] for row in rows.values("ledgers")]
    return sum(each["statutory"] for each in found), sum(each["subsidy"] for each in found)


def _check(round_: PaymentRound) -> None:
    payments = PupilPayment.objects.filter(round=round_)
    lines = PaymentLine.objects.filter(payment__round=round_)
    totals = services.totals_of(round_)
    assert _sums(payments) == _sums(lines) == (totals.ledgers["statutory"], totals.ledgers["subsidy"])
    assert totals.total == sum(totals.ledgers.values()) == round_.confirmed_total
    assert not lines.filter(spent__lt=F("eligible")).exists()
    assert not lines.filter(eligible__lt=F("total")).exists()
    for payment in payments:
        assert sum(step["paid"] for step in payment.receipt["steps"]) == payment.total
    sent = Transfer.objects.filter(round=round_).aggregate(a=Sum("amount"))["a"] or 0
    kept = Untransferable.objects.filter(round=round_).aggregate(a=Sum("amount"))["a"] or 0
    assert sent + kept == totals.total
    if sent:
        assert parse(services.bank_file(round_)).total == sent


def _caps_hold() -> None:
    for member_item in PaymentLine.objects.values("payment__pupil__member", "item").annotate(used=Sum("eligible")):
        if member_item["item"] == "bedding":
            assert member_item["used"] <= 10_000
        if member_item["item"] == "ict_equipment":
            assert member_item["used"] <= 50_000


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(homes=_HOMES)
def test_every_yen_is_accounted_for(in_a: Any, homes: list[Any]) -> None:
    with transaction.atomic():
        _build(homes)
        for number, months in ((1, (4, 7)), (2, SECOND)):
            round_ = released(approved(calculated(opened(number, months))))
            _check(round_)
        _caps_hold()
        transaction.set_rollback(True)
