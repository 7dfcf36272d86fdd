"""A round from opening to approval: its dates, two people, count and total, freezing."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from accounts.errors import RequestStale, SamePerson
from accounts.roles import Role
from audit.trail.vocabulary import Event
from domain.households.models import Household
from domain.payments import services
from domain.payments.errors import (
    FactsChanged,
    NotCalculated,
    RoundClosed,
    RoundRefused,
    SumsDisagree,
    TotalsDiffer,
)
from domain.payments.models import PaymentLine, PaymentRound, PupilPayment, Transfer
from tests.domain.households.people import browser_of
from tests.domain.payments.support import (
    SECOND,
    approved,
    calculated,
    changed,
    day,
    opened,
    pupil,
    ready,
    released,
    spend,
)
from tests.support import records
from tests.support.outbox import outbox
from tests.support.records import YEAR
from tests.support.stale import ways_to_go_stale

LATER: dict[str, Any] = {"number": 2, "starts_on": day(10, 1), "ends_on": day(11, 30), "pay_on": day(12, 1)}
NEXT_YEAR: dict[str, Any] = {
    "fiscal_year": YEAR + 1,
    "starts_on": datetime.date(YEAR + 1, 4, 1),
    "ends_on": datetime.date(YEAR + 1, 5, 1),
    "pay_on": datetime.date(YEAR + 1, 6, 1),
}


# --- opening ----------------------------------------------------------------------------------------------------------


def test_opening_again_gives_the_same_round(in_a: Any) -> None:
    assert opened().pk == opened().pk
    assert [step.to_state for step in opened().steps.all()] == ["draft"]
    assert outbox.filter(event=Event.ROUND_RECORD_OPENED).count() == 1


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"title": "別の名前"}, "number", "登録済み"),
        ({"number": 2}, "pay_on", "「第1期」の支給日と同じ"),
        ({"number": 2, "pay_on": day(9, 1)}, "starts_on", "重なっています"),
        ({"number": 2, "pay_on": day(6, 1)}, "pay_on", "対象期間の外"),
        ({"number": 2, "pay_on": datetime.date(YEAR + 1, 5, 1)}, "pay_on", "令和7年4月1日から令和8年4月30日まで"),
        ({"number": 2, "pay_on": datetime.date(YEAR, 3, 31)}, "pay_on", "令和7年4月1日から"),
        ({"number": 2, "ends_on": datetime.date(YEAR + 1, 4, 1)}, "starts_on", "令和7年度の中"),
        ({"number": 2, "starts_on": datetime.date(YEAR, 3, 31)}, "starts_on", "令和7年度の中"),
        ({"number": 2, "ends_on": datetime.date(YEAR, 3, 1)}, "ends_on", "初日より前"),
        ({"number": 0}, "number", "1以上"),
        ({"number": 2, "title": " "}, "title", "名称を"),
        (LATER | {"pack": "R99-none"}, "pack", "R99-none"),
        (NEXT_YEAR, "pack", "令和7年度のもの"),
    ],
)
def test_a_round_that_breaks_a_rule_is_refused_in_words(
    in_a: Any, values: dict[str, Any], field: str, says: str
) -> None:
    opened()
    with pytest.raises(RoundRefused, match=says) as refused:
        opened(**values)
    assert refused.value.field == field
    assert PaymentRound.objects.count() == 1


def test_a_pay_day_in_the_next_april_is_allowed(in_a: Any) -> None:
    assert opened(pay_on=datetime.date(YEAR + 1, 4, 30)).pk


@pytest.mark.parametrize(
    "values",
    [
        {"pay_on": day(8, 5)},
        {"starts_on": day(8, 2), "ends_on": day(8, 1)},
        {"number": 1},
        {"pay_on": day(8, 25)},
        {"starts_on": day(7, 31)},
        {"state": "approved", "confirmed_total": None},
        {"state": "released", "confirmed_total": 5, "transferable_total": 3, "untransferable_total": 1},
    ],
)
def test_the_database_itself_refuses(in_a: Any, values: dict[str, Any]) -> None:
    opened()
    good: dict[str, Any] = {
        "fiscal_year": YEAR, "number": 2, "title": "第2期", "starts_on": day(8, 1), "ends_on": day(8, 10),
        "pay_on": day(12, 1), "approved_by": "b", "confirmed_count": 0, "confirmed_total": 0,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentRound.objects.create(**(good | values))
    PaymentRound.objects.create(**good)


# --- approving --------------------------------------------------------------------------------------------------------


def test_from_opening_to_release(in_a: Any) -> None:
    round_ = ready(4_000, 3_000)
    officer = round_.calculated_by
    round_ = released(approved(round_))
    assert [step.to_state for step in round_.steps.all()] == ["draft", "calculated", "approved", "released"]
    assert round_.approved_by not in (None, officer)
    assert (round_.confirmed_count, round_.confirmed_total) == (2, 7_000)
    assert (round_.transferable_total, round_.untransferable_total) == (7_000, 0)
    assert sorted(Transfer.objects.values_list("amount", flat=True)) == [3_000, 4_000]
    recorded = set(outbox.values_list("event", flat=True))
    assert {
        Event.ROUND_RECORD_OPENED,
        Event.ROUND_PAYMENTS_CALCULATED,
        Event.ROUND_PAYMENTS_APPROVED,
        Event.ROUND_PAYMENTS_RELEASED,
    } <= recorded


def test_a_calculation_that_waited_too_long_or_whose_officer_is_gone_is_not_approved(in_a: Any) -> None:
    officer, approver = records.staff(Role.BOARD_OFFICER), records.staff(Role.APPROVER)
    spend(pupil(1), "school_lunch", 4_000)
    round_ = calculated(opened(), by=officer)
    for words in ways_to_go_stale(officer):
        with pytest.raises(RequestStale, match=words):
            services.approve_round(round_, approver, 1, 4_000)
    PaymentRound.objects.update(calculated_at=timezone.now() - datetime.timedelta(days=14))
    browser = browser_of(Role.APPROVER)
    assert "期限切れ" in browser.get("/payments/").content.decode()
    assert "支給額を計算し直してください" in browser.get(f"/payments/rounds/{round_.pk}/").content.decode()
    assert approved(calculated(round_, by=officer)).state == "approved"


def test_one_person_cannot_calculate_and_approve(in_a: Any) -> None:
    officer = records.staff(Role.BOARD_OFFICER)
    spend(pupil(1), "school_lunch", 4_000)
    round_ = calculated(opened(), by=officer)
    with pytest.raises(SamePerson):
        services.approve_round(round_, officer, 1, 4_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentRound.objects.update(approved_by=officer.username)
    assert PaymentRound.objects.get().state == "calculated"


@pytest.mark.parametrize(
    ("count", "total", "wrong"),
    [(2, 4_000, ("count",)), (1, 4_001, ("total",)), (0, 0, ("count", "total")), (4_000, 1, ("count", "total"))],
)
def test_wrong_count_or_total_is_refused(in_a: Any, count: int, total: int, wrong: tuple[str, ...]) -> None:
    round_ = ready(4_000)
    with pytest.raises(TotalsDiffer) as refused:
        services.approve_round(round_, records.staff(Role.APPROVER), count, total)
    assert refused.value.fields == wrong
    assert "4,000" not in str(refused.value)
    assert PaymentRound.objects.get().state == "calculated"


def test_nothing_is_approved_before_the_calculation_has_ended(in_a: Any) -> None:
    with pytest.raises(NotCalculated, match="準備"):
        services.approve_round(opened(), records.staff(Role.APPROVER), 0, 0)
    round_ = ready(4_000)
    with records.acting(records.staff(Role.BOARD_OFFICER)):
        services.start_calculation(round_)
    with pytest.raises(NotCalculated):
        approved(round_)
    assert round_.steps.latest("pk").reason == "計算し直し"


def _late_expense(who: Any) -> None:
    spend(who, "school_lunch", 1)


def _other_category(who: Any) -> None:
    who.periods.update(category=2)


def _new_period(who: Any) -> None:
    changed(who, day(6, 1), attendance="boarder")


def _decline(who: Any) -> None:
    Household.objects.update(decline="full")


def _welfare(who: Any) -> None:
    Household.objects.update(on_welfare=True)


def _other_amount(who: Any) -> None:
    who.expenses.update(amount=3_999)


def _removed(who: Any) -> None:
    who.expenses.all()[0].delete()


@pytest.mark.parametrize(
    "happens", [_late_expense, _other_category, _new_period, _decline, _welfare, _other_amount, _removed]
)
def test_what_changed_after_the_calculation_must_be_calculated_again(in_a: Any, happens: Any) -> None:
    who = pupil(1)
    spend(who, "school_lunch", 4_000)
    spend(who, "school_lunch", 100)
    round_ = calculated(opened())
    happens(who)
    with pytest.raises(FactsChanged):
        approved(round_)
    assert approved(calculated(round_)).state == "approved"


def test_another_round_approved_meanwhile_must_be_counted_first(in_a: Any) -> None:
    """Both rounds were calculated with the whole cap left; only one of them may be approved so."""
    who = pupil(1)
    spend(who, "school_supplies", 7_000, day(5))
    spend(who, "school_supplies", 6_000, day(10))
    first, second = calculated(opened()), calculated(opened(2, SECOND))
    approved(first)
    with pytest.raises(FactsChanged):
        approved(second)
    assert services.totals_of(calculated(second)).total == 3_000


def test_an_approved_round_is_frozen(in_a: Any) -> None:
    round_ = approved(ready(4_000))
    with records.acting(records.staff(Role.BOARD_OFFICER)):
        job = services.start_calculation(round_)
    assert job.key.endswith(":1")
    assert PaymentRound.objects.get().run == 1
    with pytest.raises(NotCalculated, match="承認済"):
        approved(round_)
    PaymentRound.objects.update(run=2)
    with pytest.raises(RoundClosed, match="第1期"):
        services.start_calculation(round_)


def test_lines_that_do_not_agree_with_pupils_are_never_approved(in_a: Any) -> None:
    round_ = ready(4_000)
    PaymentLine.objects.update(ledgers={"statutory": 3_999, "subsidy": 0}, total=3_999)
    with pytest.raises(SumsDisagree):
        approved(round_)


def test_the_database_refuses_ledgers_that_do_not_add_up(in_a: Any) -> None:
    ready(4_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        PupilPayment.objects.update(ledgers={"statutory": 3_999, "subsidy": 0})
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentLine.objects.update(ledgers={"statutory": 3_999, "subsidy": 0})
    with pytest.raises(DataError), transaction.atomic():
        PupilPayment.objects.update(ledgers={"statutory": "much"})
    with pytest.raises(IntegrityError), transaction.atomic():
        PupilPayment.objects.update(state="stopped")
