"""What waits for the second person stands on that person's home and beside the places, act by act."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.access import roles_in_force
from accounts.models import AccountRequest, RoleAssignment, User
from accounts.permissions import Permission, permissions_of
from accounts.roles import Role
from audit.review.models import Alert
from config.navigation import CONSOLE_PLACES, TENANT_PLACES
from config.second_halves import CONSOLE_DESKS, TENANT_DESKS, waiting_for
from domain.linkage.models import HeldInquiry, Registration
from domain.payments.models import PaymentRound
from tests.domain.statements import people
from tests.platform.accounts.test_deputies import all_rules
from tests.platform.config.test_home import shown
from tests.support import records
from tests.support.records import YEAR
from tests.support.stale import ways_to_go_stale
from web.methods import opens

EVERYTHING = frozenset(Permission)
LATE = datetime.timedelta(days=14)


def test_every_act_of_two_people_has_a_desk_that_a_person_can_open(in_a: Any) -> None:
    desks = {desk.rule.name for desk in (*TENANT_DESKS, *CONSOLE_DESKS)}
    assert desks == {rule.name for rule in all_rules()} | {"console.adapter"}
    for found, urls in ((TENANT_DESKS, "config.urls_tenant"), (CONSOLE_DESKS, "config.urls_console")):
        pages = {desk.url_name: resolve(reverse(desk.url_name, urls), urls).func for desk in found}
        assert [name for name, view in pages.items() if not opens(view)] == [], "home leads there by a link"
    assert {desk.nav for desk in TENANT_DESKS} <= {place.url_name for place in TENANT_PLACES}
    assert {desk.nav for desk in CONSOLE_DESKS} <= {place.url_name for place in CONSOLE_PLACES}


def test_all_desks_are_asked_in_a_few_queries(in_a: Any, django_assert_max_num_queries: Any) -> None:
    user = records.staff(Role.APPROVER)
    with django_assert_max_num_queries(4):
        found = waiting_for(user, EVERYTHING)
    assert [one.count for one in found] == [0] * len(TENANT_DESKS)
    assert waiting_for(user, frozenset()) == []


def test_the_console_counts_its_own(in_console: Any) -> None:
    from tests.platform.accounts.sign_in import make_person

    assert [one.count for one in waiting_for(make_person("op", Role.OPERATOR), EVERYTHING, CONSOLE_DESKS)] == [0]


def round_by(username: str) -> PaymentRound:
    days = {"starts_on": datetime.date(YEAR, 4, 1), "ends_on": datetime.date(YEAR, 7, 31)}
    return PaymentRound.objects.create(
        fiscal_year=YEAR, number=1, title="第1期", pay_on=datetime.date(YEAR, 9, 25), state="calculated",
        calculated_by=username, calculated_at=timezone.now(), **days,
    )  # fmt: skip


def count_at(page: str, title: str) -> int | None:
    """Beside a place of the left column."""
    found = re.search(rf"<span>{title}</span><span class=\"place-count\">(\d+)", page)
    return int(found[1]) if found else None


def test_a_round_that_waits_stands_at_home_and_beside_its_place_but_not_for_who_calculated(in_a: Any) -> None:
    records.school()
    approver, board = people.browser_of(Role.APPROVER), people.browser_of(Role.BOARD_OFFICER, Role.APPROVER)
    round_ = round_by(board.person.username)
    assert "支給の承認 1回 確かめる" in shown(approver)
    assert "あなたの仕事が 1件あります" in shown(approver)
    assert count_at(people.text(approver.get("/statements/")), "支給") == 1
    assert "支給の承認" not in shown(board)
    assert count_at(people.text(board.get("/")), "支給") is None
    round_.calculated_at = timezone.now() - LATE
    round_.save()
    assert "支給の承認" not in shown(approver), "nobody may approve it any more"


def test_who_approves_for_one_school_is_told_of_no_round_that_takes_the_whole_prefecture(in_a: Any) -> None:
    records.school()
    approver = people.browser_of((Role.APPROVER, "S01"))
    round_by("somebody")
    assert "支給の承認" not in shown(approver)
    assert count_at(people.text(approver.get("/")), "支給") is None
    told = {one.desk.rule for one in waiting_for(approver.person, frozenset({Permission.APPROVE_ROUND}))}
    assert told == set()


@pytest.mark.parametrize("role", [Role.TENANT_ADMIN, Role.SECURITY_MANAGER])
def test_a_request_about_people_stands_at_the_home_of_who_decides_it(in_a: Any, role: Role) -> None:
    browser = people.browser_of(role)
    assert "利用者の申請の承認" not in shown(browser)
    mine, other = browser.person.username, records.staff(Role.TENANT_ADMIN)
    for asker in (other.username, mine):
        about = records.staff(Role.MONITOR)
        AccountRequest.objects.create(kind="code", user=about, asked_by=asker, asked_at=timezone.now())
    AccountRequest.objects.create(kind="code", user=browser.person, asked_by=other.username, asked_at=timezone.now())
    page = shown(browser)
    assert "利用者の申請の承認 1件 確かめる" in page
    assert "あなたの仕事が 1件あります" in page
    assert count_at(people.text(browser.get("/")), "利用者の申請") == 1
    for words in ways_to_go_stale(other):
        assert counted(browser.person) == {}, words
    assert counted(browser.person) == {"利用者の申請の承認": 1}


def counted(user: User) -> dict[str, int]:
    again = User.objects.get(pk=user.pk)  # roles are read once
    permissions = permissions_of(role.role for role in roles_in_force(again))
    return {one.desk.title: one.count for one in waiting_for(again, permissions) if one.count}


def test_a_round_that_nobody_may_approve_any_more_is_counted_no_more(in_a: Any) -> None:
    records.school()
    board, approver = records.staff(Role.BOARD_OFFICER), records.staff(Role.APPROVER)
    round_by(board.username)
    assert counted(approver) == {"支給の承認": 1}
    for words in ways_to_go_stale(board):
        assert counted(approver) == {}, words


def test_who_acts_for_the_first_person_is_told_of_nothing_they_may_not_decide(in_a: Any) -> None:
    boss, deputy = records.staff(Role.APPROVER), people.browser_of(Role.MONITOR)
    records.school()
    round_by(boss.username)
    today = timezone.localdate()
    RoleAssignment.objects.create(
        user=deputy.person, role=Role.APPROVER, starts_on=today, ends_on=today, acting_for=boss
    )
    assert waiting_for(User.objects.get(pk=deputy.person.pk), frozenset({Permission.APPROVE_ROUND}))[0].count == 0


def test_an_answer_waits_from_the_day_it_was_given(in_a: Any) -> None:
    approver = people.browser_of(Role.APPROVER)
    held = HeldInquiry.objects.create(
        entry="K1", member=records.family().members.all()[0], party="サンプル県", item="支弁", asked_at=timezone.now(),
        due_on=timezone.localdate(), state="proposed", decision="refuse", proposed_by=records.staff(Role.NUMBER_HANDLER).username,
    )  # fmt: skip
    assert "保留された照会への回答の承認" not in shown(approver), "no step says when"
    held.steps.create(to_state="proposed", by="見本")
    assert "保留された照会への回答の承認 1件" in shown(approver)


def test_nobody_is_told_that_nothing_waits_above_a_question_to_them(in_a: Any) -> None:
    approver = people.browser_of(Role.APPROVER)
    Alert.objects.update(state="closed")
    assert "いま待っている仕事はありません" in shown(approver)
    given = {"username": approver.person.username, "sentence": "x", "rule": "x", "occurred_at": timezone.now()}
    Alert.objects.create(key="key 1", state="asked", **given)
    page = shown(approver)
    assert "1件の問い合わせがあります" in page
    assert "いま待っている仕事はありません" not in page


def test_asking_is_not_finished_while_people_are_unregistered_or_were_not_asked(in_a: Any) -> None:
    clerk, home = people.clerk_of(), records.family()
    people.answer(home)
    assert "照会（宛名未登録 3人） ◐ 途中 2/2" in shown(clerk)
    for member in home.members.all():
        Registration.objects.create(member=member, state=Registration.State.REGISTERED, known=True)
    assert "照会 ● 完了" in shown(clerk)
    other = records.family()
    assert "照会（宛名未登録 3人、未照会 1世帯） ◐ 途中 2/2" in shown(clerk)
    other.decline = other.Decline.FULL
    other.save()
    assert "照会 ● 完了" in shown(clerk)
