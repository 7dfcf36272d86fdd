"""Pages of 状況の変更 and 世帯員の異動: effects first, then the saving; who may; constant queries."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from domain.households import changing, extras
from domain.households.models import Household, Member, Pupil, StatusPeriod
from domain.payments.models import Expense, PaymentRound
from tests.domain.households.people import browser_of
from tests.support import records
from tests.support.records import YEAR

CHANGE = {
    "act": "change", "starts_on": "R7.6.1", "department": "elementary", "grade": "3", "class_name": "2組", "seat": "5",
    "attendance": "boarder", "reason": "入舎",
}  # fmt: skip


pytestmark = pytest.mark.usefixtures("heard")


@pytest.fixture
def home(in_a: Any) -> Household:
    return records.family(records.school("S01"))


@pytest.fixture
def clerk(home: Household) -> Any:
    return browser_of((Role.SCHOOL_CLERK, "S01"))


def child_of(home: Household) -> Pupil:
    return Pupil.objects.get(member__household=home)


def paid(child: Pupil, state: str = "released") -> None:
    """June was paid."""
    PaymentRound.objects.create(
        fiscal_year=YEAR, number=1, title="第1期", starts_on=datetime.date(YEAR, 4, 1), ends_on=datetime.date(YEAR, 7, 31),
        pay_on=datetime.date(YEAR, 8, 20), state=state, approved_by="b", confirmed_count=0, confirmed_total=0,
        transferable_total=0, untransferable_total=0,
    )  # fmt: skip
    for month, evidence in ((5, "E1"), (6, "E2")):
        Expense.objects.create(
            school=child.school, pupil=child, fiscal_year=YEAR, item="lunch", used_on=datetime.date(YEAR, month, 10),
            amount=1_000, evidence=evidence, created_by="x",
        )  # fmt: skip


def shown(answer: Any, status: int = 200) -> str:
    text = str(answer.content.decode())
    assert answer.status_code == status, text
    return text


def test_the_effects_are_named_before_anything_is_saved(clerk: Any, home: Household) -> None:
    child = child_of(home)
    paid(child)
    here = f"/households/pupils/{child.pk}/status/"
    assert "状況を変える" in shown(clerk.get(f"/households/{home.pk}/"))
    assert "通学生" in shown(clerk.get(here))
    page = shown(clerk.post(here, CHANGE))
    assert "支給済みの6月分（第1期、支給日 令和7年8月20日）に影響します" in page
    assert "まだ保存していません" in page
    assert 'name="confirmed"' in page
    assert child.periods.count() == 1
    page = shown(clerk.post(here, CHANGE | {"confirmed": "1"}, follow=True))
    assert "状況を記録しました" in page
    made = child.periods.order_by("-starts_on").first()
    assert made is not None
    assert (made.starts_on, made.attendance, made.class_name, made.reason) == (
        datetime.date(YEAR, 6, 1),
        "boarder",
        "2組",
        "入舎",
    )
    assert made.recorded_by


def test_effects_say_what_was_done_with_which_months(clerk: Any, home: Household) -> None:
    child = child_of(home)
    paid(child, "approved")
    assert extras.effects_from([child.pk], datetime.date(YEAR, 4, 1))[0].startswith("承認済みの5月、6月分")
    assert not extras.effects_from([child.pk], datetime.date(YEAR, 7, 1))
    assert "ありません" in shown(clerk.post(f"/households/pupils/{child.pk}/status/", CHANGE | {"starts_on": "R7.7.1"}))


def test_what_is_wrong_is_said_and_nothing_saved(clerk: Any, home: Household) -> None:
    child = child_of(home)
    here = f"/households/pupils/{child.pk}/status/"
    wrong = {"act": "change", "starts_on": "R7.13.1", "institution_aid": "on", "reason": "123456789018"}
    page = shown(clerk.post(here, CHANGE | wrong), 422)
    for words in ("12桁の数字は書けません", "施設生だけです"):
        assert words in page, words
    page = shown(clerk.post(here, CHANGE | {"starts_on": "R7.4.1", "confirmed": "1"}), 422)
    assert "すでにあります" in page
    assert child.periods.count() == 1


def test_leaving_correcting_and_withdrawing(clerk: Any, home: Household) -> None:
    child = child_of(home)
    here = f"/households/pupils/{child.pk}/status/"
    shown(clerk.post(here, {"act": "leave", "last_day": "R7.8.31", "reason": "転居"}))
    assert child.periods.count() == 1
    shown(clerk.post(here, {"act": "leave", "last_day": "R7.8.31", "reason": "転居", "confirmed": "1"}), 302)
    assert "転出しています" in shown(clerk.get(here))
    row = child.periods.get(attendance="left")
    there = f"/households/statuses/{row.pk}/"
    assert "正しい行に替える" not in shown(clerk.get(there))
    assert "まだ保存していません" in shown(clerk.post(there, {"act": "withdraw", "reason": "誤り"}))
    shown(clerk.post(there, {"act": "withdraw", "reason": "誤り", "confirmed": "1"}), 302)
    page = shown(clerk.get(here))
    assert "取消し" in page
    assert "誤り" in page
    first = child.periods.get()
    there = f"/households/statuses/{first.pk}/"
    correction = {name: value for name, value in CHANGE.items() if name != "starts_on"} | {"act": "correct"}
    assert "まだ保存していません" in shown(clerk.post(there, correction))
    shown(clerk.post(there, correction | {"confirmed": "1"}), 302)
    assert child.periods.get().attendance == "boarder"
    assert "この行は取り消されています" in shown(clerk.get(there))


def test_others_may_not_and_other_schools_are_404(clerk: Any, home: Household) -> None:
    child = child_of(home)
    period = child.periods.get()
    member = child.member
    addresses = [
        f"/households/pupils/{child.pk}/status/", f"/households/statuses/{period.pk}/", f"/households/{home.pk}/members/",
        f"/households/members/{member.pk}/", f"/households/members/{member.pk}/enrol/",
    ]  # fmt: skip
    foreign, principal = browser_of((Role.SCHOOL_CLERK, "S02")), browser_of((Role.PRINCIPAL, "S01"))
    for address in addresses:
        assert clerk.get(address).status_code == 200, address
        assert foreign.get(address).status_code == 404, address
        assert foreign.post(address, CHANGE).status_code == 404, address
        assert principal.get(address).status_code == 403, address
    assert "状況を変える" not in shown(principal.get(f"/households/{home.pk}/"))


def test_members_who_leave_and_join(clerk: Any, home: Household) -> None:
    father = home.members.get(relation="父")
    here = f"/households/members/{father.pk}/"
    page = shown(clerk.post(here, {"left_on": "R7.9.20", "reason": "離婚"}))
    assert "より後の異動のため" in page
    assert "再判定をすると" in page
    page = shown(clerk.post(here, {"left_on": "R6.12.31", "reason": "離婚"}))
    assert "調書の算定に影響します" in page
    shown(clerk.post(here, {"left_on": "R7.9.20", "reason": "離婚", "confirmed": "1"}), 302)
    father.refresh_from_db()
    assert father.left_on == datetime.date(YEAR, 9, 20)
    page = shown(clerk.post(here, {"joined_on": "R7.9.21", "left_on": "R7.9.20", "reason": "x", "confirmed": "1"}), 422)
    assert "世帯を離れた日は" in page
    new = {
        "name": "見本 ウメ", "kana": "ミホン ウメ", "born": "S25.1.1", "relation": "祖母", "joined_on": "R7.9.1",
        "reason": "同居",
    }  # fmt: skip
    everybody = f"/households/{home.pk}/members/"
    assert "まだ保存していません" in shown(clerk.post(everybody, new))
    shown(clerk.post(everybody, new | {"confirmed": "1"}), 302)
    page = shown(clerk.get(everybody))
    assert "見本 ウメ" in page
    assert "数えない" in page
    shown(clerk.post(everybody, {"name": "123456789018"}), 422)


def test_an_enrolment_by_the_clerk_of_the_new_school(clerk: Any, home: Household) -> None:
    child = child_of(home)
    board = browser_of(Role.BOARD_OFFICER)
    school = records.school("S02")
    here = f"/households/members/{child.member_id}/enrol/"
    wanted = {
        "school": str(school.pk), "student_number": "N7", "first_day": "R7.9.1", "department": "elementary", "grade": "3",
        "attendance": "commuter", "reason": "転居",
    }  # fmt: skip
    assert "在籍したまま" in shown(board.post(here, wanted), 422)
    changing.leave(child, datetime.date(YEAR, 8, 31), "転居")
    shown(board.post(here, wanted), 302)
    assert Pupil.objects.get(student_number="N7").school == school
    shown(clerk.post(here, wanted), 422)  # not a school of the clerk's


def queries_of(browser: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as context:
        assert browser.get(address).status_code == 200
    return len(context)


def test_the_number_of_queries_does_not_grow(clerk: Any, home: Household) -> None:
    child = child_of(home)
    addresses = [f"/households/pupils/{child.pk}/status/", f"/households/{home.pk}/members/"]
    few = [queries_of(clerk, address) for address in addresses]
    for month in (6, 7, 9, 11):
        row = StatusPeriod.objects.filter(pupil=child).order_by("-starts_on")[0]
        facts = {name: getattr(row, name) for name in changing.FACTS}
        changing.change_status(child, datetime.date(YEAR, month, 1), facts | {"class_name": str(month)}, "x")
        records.member(home)
    assert Member.objects.filter(household=home).count() == 7
    assert [queries_of(clerk, address) for address in addresses] == few
