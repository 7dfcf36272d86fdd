"""管理外学校支給額: what a school outside of ours paid uses up the year's caps; who enters it, sees it and takes it back."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from audit.trail.models import OutboxEvent
from domain.payments.calculation.fingerprint import fingerprint
from domain.payments.errors import ExpenseRefused
from domain.payments.models import OutsideGrant, PaymentRound
from domain.payments.outside import OutsideFacts, enter_outside, remove_outside
from domain.reports import services as reports
from tests.domain.payments.support import SECOND, amounts, approved, calculated, day, opened, payment_of, pupil, spend
from tests.domain.reports import support as printed
from tests.domain.statements.people import Browser, browser_of, clerk_of, text
from tests.support import records
from tests.support.records import YEAR

ITEM, CAP = "school_supplies", 10_000
BROUGHT = OutsideFacts(ITEM, 6_000, 6_000, "前の学校の個人別支給台帳")


@pytest.fixture
def who(in_a: Any, heard: list[Any]) -> Any:
    return pupil(1, where=records.school("S01"), name="転入 太郎")


def test_the_cap_is_not_paid_twice_in_any_round(who: Any) -> None:
    spend(who, ITEM, CAP)
    round_ = calculated(opened())
    assert amounts(round_, who)[2] == CAP
    stood = fingerprint(round_)
    grant = enter_outside(who, YEAR, BROUGHT)
    assert fingerprint(round_) != stood, "an approval of the old figures is refused"
    assert amounts(calculated(round_), who)[2] == 4_000
    approved(round_)
    spend(who, ITEM, 3_000, day(9))
    second = calculated(opened(2, SECOND))
    assert amounts(second, who)[2] == 0
    (carried,) = payment_of(second, who).receipt["case"]["carried"]
    assert (carried["expense"], carried["paid"]) == (CAP, CAP)
    remove_outside(grant)
    assert amounts(calculated(second), who)[2] == 3_000


def test_arrears_of_an_earlier_round_count_it_too(who: Any) -> None:
    """区分 was wrong when the first round paid; what is right is found under the same rest of the cap."""
    enter_outside(who, YEAR, OutsideFacts(ITEM, 6_000, 3_000, "台帳"))
    who.periods.update(category=2)
    spend(who, ITEM, CAP)
    first = approved(calculated(opened()))
    assert amounts(first, who)[2] == 2_000
    who.periods.update(category=1)
    second = calculated(opened(2, SECOND))
    assert payment_of(second, who).total == 2_000


def test_only_what_can_be_is_taken(who: Any) -> None:
    with pytest.raises(ExpenseRefused, match="対象額を超えています"):
        enter_outside(who, YEAR, OutsideFacts(ITEM, 1, 2, "台帳"))
    with pytest.raises(ExpenseRefused, match="はありません"):
        enter_outside(who, YEAR, OutsideFacts("kendo_equipment", 1, 1, "台帳"))
    enter_outside(who, YEAR, BROUGHT)
    with pytest.raises(ExpenseRefused, match="登録済み"):
        enter_outside(who, YEAR, BROUGHT)
    heard = set(OutboxEvent.objects.filter(event__startswith="expense:outside").values_list("event", flat=True))
    assert heard == {"expense:outside:entered"}


def test_a_clerk_enters_and_takes_back_for_the_own_school_only(who: Any) -> None:
    clerk, other, board = clerk_of("S01"), clerk_of("S02"), browser_of(Role.BOARD_OFFICER)
    assert "/payments/outside/" in text(clerk.get("/payments/expenses/"))
    typed = {
        "school": who.school_id,
        "student_number": who.student_number,
        "item": ITEM,
        "expense": "６，０００",
        "paid": "7,000",
    }
    refused = text(clerk.post("/payments/outside/", typed | {"source": "台帳"}))
    assert "支給額が対象額を超えています" in refused
    assert "６，０００" in refused
    assert text(other.post("/payments/outside/", typed | {"paid": "6,000", "source": "台帳"}), 200)
    assert not OutsideGrant.objects.exists()
    clerk.post("/payments/outside/", typed | {"paid": "6,000", "source": "台帳"})
    grant = OutsideGrant.objects.get()
    assert (grant.expense, grant.paid, grant.created_by) == (6_000, 6_000, clerk.person.display_name)
    for browser, sees in ((clerk, True), (board, True), (other, False)):
        shown = text(browser.get("/payments/outside/"))
        assert ("転入 太郎" in shown) is sees
        assert ("学用品・通学用品購入費</td>" in shown) is sees
    _remove(other, grant, 404)
    _remove(clerk, grant, 302)
    assert not OutsideGrant.objects.exists()


def test_the_ledger_of_the_pupil_says_it(who: Any) -> None:
    enter_outside(who, YEAR, BROUGHT)
    spend(who, ITEM, CAP)
    round_: PaymentRound = approved(calculated(opened()))
    assert round_.state == "approved"
    printed.done(reports.start_ledgers(YEAR, "S01"))
    (page,) = (page for output in printed.outputs("ledger") for page in printed.pages(output))
    assert "管理外支給額6,000" in page


def _remove(browser: Browser, grant: OutsideGrant, status: int) -> None:
    assert browser.post(f"/payments/outside/{grant.pk}/remove/").status_code == status
