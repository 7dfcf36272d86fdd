"""A roster says what it would change before it is taken in, and writes nothing that was not shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from domain.households import correcting, services
from domain.households.models import Household, Member, Pupil, RosterImport, School
from tests.domain.households.conftest import work_off
from tests.domain.households.people import browser_of
from tests.domain.households.roster import books
from tests.domain.households.roster.books import household, member, pupil
from tests.support import records

OLD, NEW = "奈良市見本町1丁目2番3号", "奈良市見本町9丁目9番9号"


@pytest.fixture
def taken(take_in: Any) -> RosterImport:
    roster: RosterImport = take_in()
    return roster


def changed_book(**more: Any) -> bytes:
    people = [member("1"), member("2", 続柄="長女"), member("3")]
    return books.roster([household(住所=NEW)], people, [pupil(就学状況="寄宿生", 寝具購入費=12_000)], **more)


def look(school: School, data: bytes) -> RosterImport:
    return services.receive_roster(school, "名簿2.xlsx", data, 2025)


def rows(roster: RosterImport) -> list[tuple[str, str, str, str]]:
    return [(each.subject.split(" ")[0], each.column, each.before, each.after) for each in roster.changes.all()]


def test_counts_and_values_before_and_after_are_shown_and_nothing_is_written(
    school: School, taken: RosterImport
) -> None:
    roster = look(school, changed_book())
    assert roster.state == RosterImport.State.LOOKED
    assert rows(roster) == [
        ("世帯", "住所", OLD, NEW),
        ("構成員", "続柄", "子", "長女"),
        ("S29001-0001", "寝具購入費（円）", "0", "12000"),
        ("S29001-0001", "就学状況", "通学生", "寄宿生"),
    ]
    assert {sheet: counts["changed"] for sheet, counts in roster.counts.items()} == {
        "世帯": 1,
        "世帯構成員": 1,
        "児童生徒": 1,
    }
    assert Household.objects.get().address == OLD
    assert Pupil.objects.get().bedding_cost == 0
    page = browser_of((Role.SCHOOL_CLERK, "S29001")).get(f"/households/imports/{roster.pk}/").content.decode()
    for word in ("この名簿を取り込みますか", "まだ取り込んでいません", "登録されている値が4件変わります", OLD, NEW):
        assert word in page, word
    done = work_off(roster)
    assert done.state == RosterImport.State.IMPORTED
    assert Household.objects.get().address == NEW
    assert Pupil.objects.get().bedding_cost == 12_000


def test_a_first_roster_is_looked_at_too(school: School, clerk_acts: None) -> None:
    roster = look(school, books.roster())
    assert roster.state == RosterImport.State.LOOKED
    assert roster.counts["世帯"]["new"] == 1
    assert not roster.changes.exists()
    assert not Household.objects.exists()


def test_who_changed_the_value_on_a_page_stands_beside_it(school: School, taken: RosterImport) -> None:
    with records.acting(records.staff(Role.BOARD_OFFICER)) as officer:
        correcting.correct_household(Household.objects.get(), {"address": "奈良市見本町5丁目"}, "届出")
    roster = look(school, changed_book())
    change = roster.changes.get(column="住所")
    assert (change.before, change.after) == ("奈良市見本町5丁目", NEW)
    assert change.touched.startswith(f"{officer.display_name} 令和")
    assert roster.changes.get(column="続柄").touched == ""


def test_what_changed_after_the_look_is_shown_before_it_is_replaced(school: School, taken: RosterImport) -> None:
    roster = look(school, changed_book())
    with records.acting(records.staff(Role.BOARD_OFFICER)):
        correcting.correct_household(Household.objects.get(), {"phone": "000-0000-9999"}, "届出")
    roster = work_off(roster)
    assert roster.state == RosterImport.State.LOOKED
    assert Household.objects.get().phone == "000-0000-9999"
    assert ("世帯", "電話番号", "000-0000-9999", "000-0000-0001") in rows(roster)
    page = browser_of((Role.SCHOOL_CLERK, "S29001")).get(f"/households/imports/{roster.pk}/").content.decode()
    assert "見た後に登録が変わりました" in page
    assert work_off(roster).state == RosterImport.State.IMPORTED
    assert Household.objects.get().phone == "000-0000-0001"


def test_a_hidden_address_is_not_shown_yet_noticed_when_it_changes(school: School, taken: RosterImport) -> None:
    Household.objects.update(address_hidden=True)
    roster = look(school, changed_book())
    assert not {OLD, NEW} & {word for each in rows(roster) for word in each}
    with records.acting(records.staff(Role.BOARD_OFFICER)):
        correcting.correct_household(Household.objects.get(), {"address": "奈良市見本町5丁目"}, "届出")
    assert work_off(roster).state == RosterImport.State.LOOKED


def test_who_comes_into_a_household_and_who_leaves_the_school_is_shown(school: School, taken: RosterImport) -> None:
    people = [member(key) for key in "1234"]
    gone = pupil(就学状況="転出済", 転出日=date(2025, 9, 30))
    roster = look(school, books.roster(members=people, pupils=[gone]))
    assert ("構成員", "世帯に加わる人", "（なし）", "見本　四子") in rows(roster)
    assert ("S29001-0001", "状況（令和7年10月1日から）", "（なし）", "転出済") in rows(roster)
    work_off(roster)
    assert Member.objects.count() == 4


def test_only_who_imports_for_the_school_takes_it_in(school: School, other_school: School, clerk_acts: None) -> None:
    roster = look(school, books.roster())
    address = f"/households/imports/{roster.pk}/take/"
    assert browser_of((Role.SCHOOL_CLERK, "S29002")).post(address).status_code == 404
    assert browser_of((Role.SCHOOL_CLERK, "S29001")).get(address).status_code == 405
    roster.refresh_from_db()
    assert roster.state == RosterImport.State.LOOKED


def test_a_file_handed_in_before_says_by_which_school_and_since_when(
    school: School, other_school: School, clerk_acts: None
) -> None:
    board, data = browser_of(Role.BOARD_OFFICER), books.roster()

    def upload(at: School) -> str:
        file = SimpleUploadedFile("名簿.xlsx", data)
        return str(board.post("/households/imports/", {"school": at.pk, "file": file}, follow=True).content.decode())

    assert "同じファイル" not in upload(school)
    assert "同じファイルを、サンプル第一支援学校（S29001）が令和" in upload(school)
    elsewhere = upload(other_school)
    assert "同じファイルを、サンプル第一支援学校（S29001）が令和" in elsewhere
    assert "学校の選び間違いでないか" in elsewhere
