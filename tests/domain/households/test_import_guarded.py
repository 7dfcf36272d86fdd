"""What the page of an import may not open: account numbers, and anything guarded of a household under 支援措置."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.roles import Role
from accounts.vendor_pages import PAGES
from audit.trail import reader
from audit.trail.recorder import Subject
from domain.households import services
from domain.households.importing.changes import HIDDEN, PROTECTED
from domain.households.models import Household, RosterChange, RosterImport, School
from tests.domain.households.conftest import TakeIn, work_off
from tests.domain.households.people import browser_of
from tests.domain.households.roster import books
from tests.domain.households.roster.books import household, member

HOME, GUESS = "奈良市見本町1丁目2番3号", "奈良市見本町8丁目8番8号"


@pytest.fixture
def clerk(school: School) -> Any:
    return browser_of((Role.SCHOOL_CLERK, "S29001"))


def look(school: School, *members: dict[str, Any], **facts: Any) -> RosterImport:
    people = list(members) or [member(key) for key in "123"]
    data = books.roster([household(**facts)], people)
    return services.receive_roster(school, "名簿2.xlsx", data, 2025)


def page_of(browser: Any, roster: RosterImport) -> str:
    answer = browser.get(f"/households/imports/{roster.pk}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_account_numbers_are_masked_and_the_event_names_the_household(
    clerk: Any, school: School, take_in: TakeIn
) -> None:
    take_in(households=[household(口座番号="7654321")])
    roster = look(school, 口座番号="1112333")
    page = page_of(clerk, roster)
    assert "＊＊＊＊321" in page
    assert "＊＊＊＊333" in page
    assert not {"7654321", "1112333"} & {
        word for each in RosterChange.objects.all() for word in (each.before, each.after)
    }
    assert "7654321" not in page
    assert "1112333" not in page
    home = Subject("household", str(Household.objects.get().pk))
    assert len(reader.search(reader.Filters(prefix="read:import:shown", subject=home))) == 1
    Household.objects.update(account_number="9999321", updated_at=timezone.now() + timedelta(seconds=1))
    assert work_off(roster).state == RosterImport.State.LOOKED, "another number with the same end was not shown"


def test_of_a_parked_difference_account_and_what_is_protected_by_now_stay_closed(
    school: School, other_school: School, take_in: TakeIn
) -> None:
    take_in(households=[household(口座番号="7654321")])
    data = books.roster([household(住所=GUESS)], pupils=[], marks=[("学校コード", "S29002")])
    roster = services.receive_roster(other_school, "名簿.xlsx", data, 2025)
    board = browser_of(Role.BOARD_OFFICER)
    page = page_of(board, roster)
    assert HOME in page
    assert "＊＊＊＊321" in page
    assert "7654321" not in page
    Household.objects.update(address_hidden=True)
    page = page_of(board, roster)
    assert not [word for word in (HOME, GUESS, "＊＊＊＊321", "「住所」") if word in page]
    assert f"「{PROTECTED}」" in page


def test_who_comes_under_protection_after_the_look_is_hidden_on_its_page(
    clerk: Any, school: School, take_in: TakeIn
) -> None:
    take_in()
    roster = look(school, 住所=GUESS, 電話番号="000-0000-0009")
    assert HOME in page_of(clerk, roster)
    Household.objects.update(address_hidden=True)
    page = page_of(clerk, roster)
    assert not [word for word in (HOME, GUESS, "000-0000-0009", "<td>住所</td>") if word in page]
    assert page.count(f"<td>{PROTECTED}</td><td>{HIDDEN}</td><td>{HIDDEN}</td>") == 1


@pytest.mark.parametrize("mark", ["○", ""])
def test_a_protected_household_looks_the_same_whether_or_not_the_guess_is_right(
    clerk: Any, school: School, take_in: TakeIn, mark: str
) -> None:
    """Also where the roster would lift the protection by itself."""
    take_in(households=[household(支援措置="○")])
    seen = []
    for address in (HOME, GUESS):
        roster = look(school, 住所=address, 支援措置=mark, 特記事項="確認済み")
        told = roster.changes.exclude(column__in=["支援措置", "特記事項"]).values_list(
            "column", "before", "after", "touched"
        )
        assert list(told) == [(PROTECTED, HIDDEN, HIDDEN, "")]
        page = page_of(clerk, roster)
        assert "支援措置の世帯が1世帯あります" in page
        seen.append((roster.counts, re.findall(r"<p class=\"answer\">.*?</p>|<t[rdh].*?</t[rdh]>", page)))
    assert seen[0] == seen[1]
    assert work_off(roster).state == RosterImport.State.IMPORTED
    assert Household.objects.get().address == GUESS, "what is hidden is written all the same"


def test_nothing_that_was_shown_is_kept_once_it_is_taken_in(clerk: Any, school: School, take_in: TakeIn) -> None:
    take_in()
    roster = look(school, 住所=GUESS)
    assert roster.changes.count() == 1
    work_off(roster)
    assert not RosterChange.objects.exists()
    assert HOME not in page_of(clerk, roster)


def test_no_window_of_a_vendor_shows_what_a_roster_would_change() -> None:
    assert "households:imports" in PAGES
    assert "households:import" not in PAGES


ANSWER = r"<p class=\"answer\">.*?</p>|<t[rdh].*?</t[rdh]>"


def abroad(other_school: School, *members: dict[str, Any], **facts: Any) -> RosterImport:
    """The second school claims the household, with a pupil of its own in it, and takes that in."""
    people = list(members) or [member(key) for key in "123"]
    pupils = [books.pupil("S29002-0001", "3")]
    data = books.roster([household(**facts)], people, pupils, marks=[("学校コード", "S29002")])
    return work_off(services.receive_roster(other_school, "名簿.xlsx", data, 2025))


def rows_of(page: str) -> list[str]:
    """What the page says, but for where its acts lead."""
    return [re.sub(r"\d+/settle", "settle", each) for each in re.findall(ANSWER, page, re.S)]


def test_another_school_learns_nothing_of_a_protected_household_from_a_roster_that_names_it(
    school: School, other_school: School, take_in: TakeIn
) -> None:
    """The same page whether every guess is right or not; and the same as of a household that is not protected."""
    take_in(households=[household(支援措置="○")])
    stranger = browser_of((Role.SCHOOL_CLERK, "S29002"))
    right = {"支援措置": "○"}
    guesses: list[tuple[list[dict[str, Any]], dict[str, Any]]] = [
        ([], right),
        ([], right | {"住所": GUESS}),
        ([member("1"), member("2", 氏名="見本　別子", 生年月日="2011-01-01"), member("3")], right),
        ([], {"支援措置": "", "保護者等氏名": "見本　違男"}),
    ]
    seen = []
    for members, facts in guesses:
        roster = abroad(other_school, *members, **facts)
        page = page_of(stranger, roster)
        assert not [
            word for word in (HOME, PROTECTED, HIDDEN, "支援措置", school.name) if word in page.split("<main")[-1]
        ]
        seen.append((roster.counts, rows_of(page)))
    assert all(each == seen[0] for each in seen)
    assert stranger.get(f"/households/{Household.objects.get().pk}/").status_code == 404, (
        "nobody got in by guessing right"
    )
    Household.objects.update(address_hidden=False)
    assert rows_of(page_of(stranger, abroad(other_school, 住所=GUESS))) == seen[0][1]


def test_another_school_does_not_learn_who_is_registered_in_a_household_that_it_may_not_see(
    school: School, other_school: School, take_in: TakeIn
) -> None:
    """An address that differs, another person under the number, a person under another number: one row, and no act that would tell."""
    take_in()
    stranger, board = browser_of((Role.SCHOOL_CLERK, "S29002")), browser_of(Role.BOARD_OFFICER)
    second = {name: member("2")[name] for name in ("氏名", "氏名かな", "生年月日")}
    guesses: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
        ("import.household-differs", [], {"住所": GUESS}),
        (
            "import.person-replaced",
            [member("1"), member("2", 氏名="見本　別子", 生年月日="2011-01-01"), member("3")],
            {},
        ),
        ("import.known-under-other-key", [member("1"), member("4", **second), member("3")], {}),
    ]
    seen = []
    for code, members, facts in guesses:
        roster = abroad(other_school, *members, **facts)
        problem = roster.problems.filter(code=code, severity="parked").get()
        assert problem.message in page_of(board, roster)
        page = page_of(stranger, roster)
        assert problem.message not in page
        assert school.name not in page.split("<main")[-1]
        stranger.post(f"/households/problems/{problem.pk}/settle/", {"decision": "done"})
        problem.refresh_from_db()
        assert problem.settled_at is None
        seen.append((roster.counts, rows_of(page)))
    assert all(each == seen[0] for each in seen)
    mine = look(school, member("1"), member("2", 氏名="見本　別子", 生年月日="2011-01-01"), member("3"))
    assert mine.problems.get(code="import.person-replaced").message in page_of(
        browser_of((Role.SCHOOL_CLERK, "S29001")), mine
    )


def test_the_board_decides_about_a_protected_household_in_two_rosters(
    school: School, other_school: School, take_in: TakeIn
) -> None:
    take_in(households=[household(支援措置="○")])
    roster = abroad(other_school, 支援措置="○", 住所=GUESS)
    board = browser_of(Role.BOARD_OFFICER)
    page = page_of(board, roster)
    assert f"「{PROTECTED}」" in page
    assert "違うかどうかは表示しません" in page
    assert not [word for word in (HOME, GUESS) if word in page]
    problem = roster.problems.get(code="import.household-differs")
    assert board.post(f"/households/problems/{problem.pk}/settle/", {"decision": "keep"}).status_code == 302
    roster.refresh_from_db()
    work_off(roster)
    home = Household.objects.get()
    assert (home.address, home.members.filter(enrolments__school=other_school).count()) == (HOME, 1)
    assert browser_of((Role.SCHOOL_CLERK, "S29002")).get(f"/households/{home.pk}/").status_code == 200
