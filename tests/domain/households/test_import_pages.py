"""Handing in a roster on the page, its result, and settling what was parked."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from domain.households.models import Household, RosterImport, School
from tests.domain.households.conftest import work_off
from tests.domain.households.people import browser_of
from tests.domain.households.roster import books
from tests.domain.households.roster.books import household, pupil


@pytest.fixture
def clerk(school: School) -> Any:
    return browser_of((Role.SCHOOL_CLERK, "S29001"))


@pytest.fixture
def board(school: School) -> Any:
    return browser_of(Role.BOARD_OFFICER)


def upload(browser: Any, school: School, data: bytes, name: str = "名簿.xlsx") -> Any:
    return browser.post("/households/imports/", {"school": school.pk, "file": SimpleUploadedFile(name, data)})


def handed_in(browser: Any, school: School, data: bytes) -> RosterImport:
    response = upload(browser, school, data)
    assert response.status_code == 302, response.content.decode()
    roster = RosterImport.objects.latest("created_at")
    assert response.url == f"/households/imports/{roster.pk}/"
    return work_off(roster) if roster.state == "waiting" else roster


def page_of(browser: Any, roster: RosterImport) -> str:
    response = browser.get(f"/households/imports/{roster.pk}/")
    assert response.status_code == 200
    return str(response.content.decode())


def test_upload_to_result(clerk: Any, school: School) -> None:
    assert "取り込んだ名簿はありません" in clerk.get("/households/imports/").content.decode()
    roster = handed_in(clerk, school, books.roster())
    assert roster.created_by.startswith("サンプル")
    assert Household.objects.count() == 1
    page = page_of(clerk, roster)
    for word in ("新規 5、変更 0、同じ 0、保留 0、誤り 0", "世帯構成員", "直すところはありません"):
        assert word in page, word
    assert "取込済" in clerk.get("/households/imports/").content.decode()


def test_a_waiting_import_shows_its_progress_and_polls(clerk: Any, school: School) -> None:
    upload(clerk, school, books.roster())
    roster = RosterImport.objects.get()
    assert "待機中" in page_of(clerk, roster)
    poll = clerk.get(f"/households/imports/{roster.pk}/", headers={"HX-Request": "true"})
    assert "待機中" in poll.content.decode()
    assert "HX-Refresh" not in poll.headers
    work_off(roster)
    done = clerk.get(f"/households/imports/{roster.pk}/", headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"


def test_problems_name_their_place(clerk: Any, school: School) -> None:
    roster = handed_in(clerk, school, books.roster(pupils=[pupil(), pupil("S29001-0002", "3", 学年="七")]))
    page = page_of(clerk, roster)
    assert "児童生徒 3行「学年」" in page
    assert "誤り" in page
    assert "七" in page


def test_a_refused_file_says_why(clerk: Any, school: School) -> None:
    roster = handed_in(clerk, school, b"text")
    page = page_of(clerk, roster)
    assert "この名簿は取り込めません" in page
    assert "正しい様式のExcelブック" in page


def test_an_oversized_or_empty_file_is_refused_by_the_form(clerk: Any, school: School, monkeypatch: Any) -> None:
    monkeypatch.setattr("domain.households.forms.MAX_ROSTER_BYTES", 10)
    assert "ファイルが大きすぎます" in upload(clerk, school, b"x" * 11).content.decode()
    assert upload(clerk, school, b"").status_code == 200
    assert not RosterImport.objects.exists()


def test_a_clerk_cannot_hand_in_for_another_school(clerk: Any, school: School, other_school: School) -> None:
    assert upload(clerk, other_school, books.roster()).status_code == 200
    assert not RosterImport.objects.exists()


def test_other_schools_imports_are_not_found(clerk: Any, board: Any, school: School, other_school: School) -> None:
    roster = handed_in(board, other_school, books.roster([household(級地区分="")], marks=[("学校コード", "S29002")]))
    problem = roster.problems.get(code="import.grade-missing")
    assert clerk.get(f"/households/imports/{roster.pk}/").status_code == 404
    assert clerk.post(f"/households/problems/{problem.pk}/settle/", {"decision": "done"}).status_code == 404
    assert "名簿.xlsx" not in clerk.get("/households/imports/").content.decode()
    assert page_of(board, roster)


def test_settling_on_the_page(clerk: Any, school: School) -> None:
    roster = handed_in(clerk, school, books.roster([household(級地区分="")]))
    problem = roster.problems.get(code="import.grade-missing")
    assert "対応済みにする" in page_of(clerk, roster)
    answer = clerk.post(f"/households/problems/{problem.pk}/settle/", {"decision": "done"}, follow=True)
    assert "解消済" in answer.content.decode()
    assert clerk.get(f"/households/problems/{problem.pk}/settle/").status_code == 405


def test_who_may_not_see_a_household_does_not_decide_about_it(
    clerk: Any, board: Any, school: School, other_school: School
) -> None:
    """The second school claims a household of the first: its clerk sees neither the registered value nor the acts."""
    handed_in(board, other_school, books.roster(marks=[("学校コード", "S29002")]))
    home = Household.objects.get()
    roster = handed_in(clerk, school, books.roster([household(住所="奈良市見本町8丁目")], pupils=[pupil("S1", "3")]))
    problem = roster.problems.get(code="import.household-differs")
    page = page_of(clerk, roster)
    assert home.address not in page
    assert "この名簿の値に改める" not in page
    refused = clerk.post(f"/households/problems/{problem.pk}/settle/", {"decision": "adopt"}, follow=True)
    assert "解消できません" in refused.content.decode()
    page = page_of(board, roster)
    assert home.address in page
    board.post(f"/households/problems/{problem.pk}/settle/", {"decision": "keep"})
    roster.refresh_from_db()
    work_off(roster)
    assert clerk.get(f"/households/{home.pk}/").status_code == 200


def test_a_full_disk_is_said_on_the_form(clerk: Any, school: School, monkeypatch: Any) -> None:
    from tenants.core.files import DiskFull

    def full(*_: Any) -> None:
        raise DiskFull("名簿.xlsx")

    monkeypatch.setattr("tenants.core.files.write_atomically", full)
    assert "空き容量がありません" in upload(clerk, school, books.roster()).content.decode()
    assert not RosterImport.objects.exists()
