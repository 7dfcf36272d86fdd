"""管理外学校支給額: what a school outside of ours paid uses up the year's caps; who enters it, sees it and takes it back."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from domain.payments.calculation.fingerprint import fingerprint
from domain.payments.errors import ExpenseRefused
from domain.payments.expenses.late import by_board
from domain.payments.models import Adjustment, OutsideGrant, PaymentRound
from domain.payments.outside import OutsideFacts, enter_outside, remove_outside
from domain.reports import services as reports
from tests.domain.payments.support import SECOND, amounts, approved, calculated, day, opened, payment_of, pupil, spend
from tests.domain.reports import support as printed
from tests.domain.statements.people import Browser, browser_of, clerk_of, text
from tests.support import records
from tests.support.outbox import outbox
from tests.support.records import YEAR

ITEM, CAP, TRIP = "school_supplies", 10_000, "school_trip_self"
LATE = "前の学校の台帳が後から届いた"
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
    remove_outside(grant, right=by_board(LATE))
    assert amounts(calculated(second), who)[2] == 6_000, "the first round's rest comes first, and uses up the cap"


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


@pytest.mark.parametrize(
    ("department", "paid_in", "total"),
    [("elementary", None, 0), ("elementary", YEAR - 1, 0), ("junior_high", YEAR - 1, 8_000)],
)
def test_a_journey_that_another_school_paid_is_the_only_one_of_its_department(
    who: Any, department: str, paid_in: int | None, total: int
) -> None:
    grant = enter_outside(who, YEAR, OutsideFacts(TRIP, 9_000, 9_000, "台帳", department, paid_in))
    spend(who, TRIP, 8_000, day(6))
    round_ = calculated(opened())
    assert payment_of(round_, who).total == total
    assert ("同じ部で支給済み" in payment_of(round_, who).reason) is (total == 0)
    remove_outside(grant)
    assert payment_of(calculated(round_), who).total == 8_000


def test_what_is_entered_after_the_approval_is_settled_by_the_next_round_with_its_cause(who: Any) -> None:
    spend(who, ITEM, CAP)
    spend(who, TRIP, 8_000)
    first = approved(calculated(opened()))
    assert payment_of(first, who).total == CAP + 8_000
    second = calculated(opened(2, SECOND))
    assert lines(second) == []
    stood = fingerprint(second)
    grants = [
        enter_outside(who, YEAR, BROUGHT, right=by_board(LATE)),
        enter_outside(
            who, YEAR, OutsideFacts(TRIP, 9_000, 9_000, "台帳", "elementary", YEAR - 1), right=by_board(LATE)
        ),
    ]
    assert fingerprint(second) != stood, "an approval of the old figures is refused"
    assert lines(calculated(second)) == [(ITEM, -6_000, "outside"), (TRIP, -8_000, "outside")]
    assert "管理外学校支給額の登録・取消し" in text(
        browser_of(Role.BOARD_OFFICER).get(f"/payments/rounds/{second.pk}/")
    )
    for grant in grants:
        remove_outside(grant, right=by_board(LATE))
    assert lines(calculated(second)) == []


def test_what_was_counted_and_is_taken_back_is_paid_in_addition(who: Any) -> None:
    grant = enter_outside(who, YEAR, BROUGHT)
    spend(who, ITEM, CAP)
    approved(calculated(opened()))
    remove_outside(grant, right=by_board(LATE))
    second = calculated(opened(2, SECOND))
    assert lines(second) == [(ITEM, 6_000, "outside")]
    assert payment_of(second, who).total == 6_000


def test_a_change_between_two_runs_is_named(who: Any) -> None:
    spend(who, ITEM, CAP)
    round_ = calculated(opened())
    enter_outside(who, YEAR, BROUGHT)
    assert [each["causes"] for each in calculated(round_).figures["causes"]] == [["outside"]]


def lines(round_: PaymentRound) -> list[tuple[str, int, str]]:
    rows = Adjustment.objects.filter(round=round_).order_by("item")
    return [(row.item, row.total, ",".join(row.causes)) for row in rows]


def test_what_an_approved_round_counted_takes_the_board_and_a_reason(who: Any) -> None:
    grant = enter_outside(who, YEAR, OutsideFacts(ITEM, 9_000, 9_000, "台帳"))
    spend(who, ITEM, CAP)
    spend(who, "school_lunch", 100)
    approved(calculated(opened()))
    clerk, board = clerk_of("S01"), browser_of(Role.BOARD_OFFICER)
    address = f"/payments/outside/{grant.pk}/remove/"
    told = text(clerk.post(address, {"late_reason": LATE}, follow=True))
    assert "承認済みの支給回「第1期」の支給に入っているため、学校では登録・取消しができません" in told
    assert "理由を100文字までで入力してください" in text(board.post(address, follow=True))
    typed = {"school": who.school_id, "student_number": who.student_number, "expense": "100", "paid": "100"}
    lunch = typed | {"item": "school_lunch", "source": "台帳", "late_reason": LATE}
    assert "学校では登録・取消しができません" in text(clerk.post("/payments/outside/", lunch))
    assert OutsideGrant.objects.get() == grant
    assert "理由を100文字まで" in text(board.post("/payments/outside/", lunch | {"late_reason": ""}))
    assert board.post("/payments/outside/", lunch).status_code == 302
    assert board.post(address, {"late_reason": LATE}).status_code == 302
    assert OutsideGrant.objects.get().item == "school_lunch"
    for event in ("entered", "removed"):
        kept = outbox.filter(event=f"expense:outside:{event}").latest("occurred_at").detail
        assert kept["reason"] == LATE


def test_a_second_press_is_told_that_it_is_done(who: Any) -> None:
    grant = enter_outside(who, YEAR, BROUGHT)
    remove_outside(OutsideGrant.objects.get(pk=grant.pk))
    with pytest.raises(ExpenseRefused, match="すでに取り消されて"):
        remove_outside(grant)


def test_a_child_at_two_schools_has_one_line_for_an_item(who: Any) -> None:
    other = pupil(1, at=who.member, where=records.school("S02"), enrolled_on=day(9, 1))
    enter_outside(who, YEAR, BROUGHT)
    with pytest.raises(ExpenseRefused, match="での在籍に登録されています"):
        enter_outside(other, YEAR, BROUGHT)


def test_an_amount_that_cannot_be_is_refused_in_words(who: Any) -> None:
    typed = {"school": who.school_id, "student_number": who.student_number, "item": ITEM, "source": "台帳"}
    yen = {"expense": "3,000,000,000", "paid": "3,000,000,000"}
    assert "9,999,999円までの金額を入力してください" in text(clerk_of("S01").post("/payments/outside/", typed | yen))


def test_only_what_can_be_is_taken(who: Any) -> None:
    with pytest.raises(ExpenseRefused, match="対象額を超えています"):
        enter_outside(who, YEAR, OutsideFacts(ITEM, 1, 2, "台帳"))
    with pytest.raises(ExpenseRefused, match="はありません"):
        enter_outside(who, YEAR, OutsideFacts("kendo_equipment", 1, 1, "台帳"))
    for facts, words in (
        (OutsideFacts(ITEM, 2, 1, "台帳", "elementary"), "部は空欄"),
        (OutsideFacts(ITEM, 2, 1, "台帳", "", YEAR - 1), "前の年度"),
        (OutsideFacts(TRIP, 2, 1, "台帳", "elementary", YEAR + 1), "年度を確かめて"),
    ):
        with pytest.raises(ExpenseRefused, match=words):
            enter_outside(who, YEAR, facts)
    enter_outside(who, YEAR, BROUGHT)
    with pytest.raises(ExpenseRefused, match="登録済み"):
        enter_outside(who, YEAR, BROUGHT)
    heard = set(outbox.filter(event__startswith="expense:outside").values_list("event", flat=True))
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
    journey = typed | {"item": TRIP, "paid": "6,000", "source": "台帳", "paid_in": str(YEAR - 1)}
    assert "どの部の旅行に支給したかを選んでください" in text(clerk.post("/payments/outside/", journey))
    clerk.post("/payments/outside/", journey | {"department": "elementary"})
    assert "小学部 令和6年度" in text(clerk.get("/payments/outside/"))
    OutsideGrant.objects.filter(item=TRIP).delete()
    _remove(other, grant, 404)
    _remove(clerk, grant, 302)
    assert not OutsideGrant.objects.exists()
    shown = text(clerk.post(f"/payments/outside/{grant.pk}/remove/"), 404)
    assert "ほかの人が取り消したか" in shown
    assert "送った内容は登録されていません" in shown


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
