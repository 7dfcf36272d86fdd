"""Handing in a roster on the page, its result, and settling what was parked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from domain.households.models import Household, RosterImport, School
from domain.payments.expense_sheet.layout import EXPENSES
from tests.domain.households.conftest import work_off
from tests.domain.households.people import browser_of
from tests.domain.households.roster import books
from tests.domain.households.roster.books import household, pupil
from tests.support.full_disk import FULL_FOR, full_disk


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
    if roster.state == "looked":
        assert browser.post(f"/households/imports/{roster.pk}/take/").url == response.url
        roster.refresh_from_db()
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
    assert "待機中" not in page_of(clerk, roster)
    clerk.post(f"/households/imports/{roster.pk}/take/")
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


def test_a_refused_file_is_told_only_what_helps(clerk: Any, school: School) -> None:
    """The form's sheets and columns are no advice where only the school is wrong; expenses have a page of their own."""
    advice, way = "のとおりにしてください", '<a href="/payments/imports/">経費を取り込む</a>'
    other = page_of(clerk, handed_in(clerk, school, books.roster(marks=[("学校コード", "S29002")])))
    assert "別の学校のファイル" in other or "S29002" in other
    assert advice not in other
    assert way not in other
    assert advice in page_of(clerk, handed_in(clerk, school, books.roster(without_sheet="児童生徒")))
    expenses = page_of(clerk, handed_in(clerk, school, books.book((EXPENSES,), {"使用経費": []})))
    assert way in expenses
    assert advice not in expenses


def test_an_oversized_or_empty_file_is_refused_by_the_form(clerk: Any, school: School, monkeypatch: Any) -> None:
    monkeypatch.setattr("domain.households.forms.MAX_ROSTER_BYTES", 10)
    assert "ファイルが大きすぎます" in upload(clerk, school, b"x" * 11).content.decode()
    assert "名簿の中身が空です。中身のあるファイルを選び直してください。" in upload(clerk, school, b"").content.decode()
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
    assert "取り込まないと確定する" in page_of(clerk, roster)
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


@pytest.mark.parametrize("lacking", FULL_FOR)
def test_a_full_disk_is_said_on_the_form(clerk: Any, school: School, files_of_this_test: Path, lacking: str) -> None:
    with full_disk(files_of_this_test, lacking):
        answer = upload(clerk, school, books.roster())
    assert answer.status_code == 200
    assert "ファイル「名簿.xlsx」を保存できません。保存先の空き容量がありません" in answer.content.decode()
    assert not RosterImport.objects.exists()


def test_a_full_disk_before_any_form_reads_the_file_is_told(
    clerk: Any, school: School, tmp_path: Path, settings: Any
) -> None:
    """Larger files wait in the server's own temporary folder until the page reads them."""
    settings.FILE_UPLOAD_TEMP_DIR, clerk.raise_request_exception = str(tmp_path / "waiting"), False
    with full_disk(tmp_path / "waiting", "folder"):
        answer = upload(clerk, school, bytes(3_000_000))
    assert answer.status_code == 503
    assert "ファイルの保存先に空き容量がないため" in answer.content.decode()
    assert "選んだファイルを含む）は、登録されていません" in answer.content.decode()


# --- what a list and a page say of an import ---------------------------------------------------------------------------


def both(browser: Any, roster: RosterImport) -> tuple[str, str]:
    return str(browser.get("/households/imports/").content.decode()), page_of(browser, roster)


def test_a_file_from_which_nothing_was_taken_is_not_called_taken(clerk: Any, school: School) -> None:
    roster = handed_in(clerk, school, books.roster([household(級地区分="")]))
    listed, page = both(clerk, roster)
    for text in (listed, page):
        assert "取込0件" in text
        assert "取込済" not in text
    assert "からは何も取り込めませんでした" in page


def test_the_list_and_the_page_count_alike(clerk: Any, school: School) -> None:
    roster = handed_in(clerk, school, books.roster(pupils=[pupil(), pupil("S29001-0002", "3", 学年="七")]))
    listed, page = both(clerk, roster)
    assert "保留 0、誤り 1（行）" in page
    cells = [part.split("</td>")[0] for part in listed.split("<tbody>")[1].split('<td class="number">')[1:]]
    assert cells == ["5", "0", "1", "1"]
    assert "一部取込" in listed
    assert "一部取込" in page


def test_the_same_file_again_says_so(clerk: Any, school: School) -> None:
    data = books.roster()
    roster = handed_in(clerk, school, data)
    answer = clerk.post(
        "/households/imports/", {"school": school.pk, "file": SimpleUploadedFile("別名.xlsx", data)}, follow=True
    )
    assert "に登録しています。前回の結果を表示しています。" in answer.content.decode()
    assert "同じファイルを" not in page_of(clerk, roster)


def test_equal_notes_are_one_with_names(clerk: Any, school: School) -> None:
    handed_in(clerk, school, books.roster(pupils=[pupil(), pupil("S29001-0002", "3")]))
    roster = handed_in(
        clerk, school, books.roster(pupils=[pupil("S29001-0001")], households=[household(電話番号="000-0000-0009")])
    )
    assert roster.problems.filter(code="import.pupil-absent").count() == 1
    roster.problems.filter(code="import.pupil-absent").update(registered="S29001-0002")
    for extra in range(30):
        problem = roster.problems.filter(code="import.pupil-absent")[0]
        problem.pk, problem.registered = None, f"S29001-9{extra:03}"
        problem.save()
    page = page_of(clerk, roster)
    assert page.count("登録されている在籍者がこの名簿にありません") == 1
    assert "31人" in page
    assert "S29001-0002 見本" in page


def test_a_formula_is_shown_as_one(clerk: Any, school: School) -> None:
    roster = handed_in(clerk, school, books.roster([household(特記事項="=1+6")]))
    assert roster.problems.get(code="import.formula").seen == "（数式）"


# --- the blank form ----------------------------------------------------------------------------------------------------


def test_the_blank_form_is_offered_where_the_layout_is_asked_for(clerk: Any, school: School) -> None:
    assert 'href="/households/imports/blank/"' in clerk.get("/households/imports/").content.decode()
    refused = handed_in(clerk, school, b"text")
    assert 'href="/households/imports/blank/?school=S29001"' in page_of(clerk, refused)
    answer = clerk.get("/households/imports/blank/?school=S29001")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    roster = handed_in(clerk, school, answer.content)
    assert roster.state == "imported"
    assert not roster.problems.exists()
    assert "取り込む行がありません" in page_of(clerk, roster)


def test_the_blank_form_filled_is_read_without_a_problem(clerk: Any, school: School) -> None:
    from domain.households.roster.layout import LAYOUT_VERSION, ROSTER
    from domain.households.roster.workbook.blank import blank_workbook

    rows: dict[str, list[dict[str, object]]] = {layout.name: [] for layout in ROSTER}
    for n in range(60):
        number = f"H29-{n:06}"
        made = (
            [household(number)],
            [books.member(key, number) for key in "123"],
            [pupil(f"S29001-{n:04}", "2", number)],
        )
        for layout, written in zip(ROSTER, made, strict=True):
            keys = {column.name: column.key for column in layout.columns}
            rows[layout.name] += [{keys[name]: _typed(value) for name, value in row.items()} for row in written]
    marks = {"学校コード": "S29001", "年度": "2025年度"}
    roster = handed_in(clerk, school, blank_workbook("名簿", LAYOUT_VERSION, ROSTER, marks, rows))
    assert not roster.problems.exists(), list(roster.problems.values("message", "seen")[:3])
    assert Household.objects.count() == 60
    assert "H29-000012" in set(
        Household.objects.values_list("number", flat=True)
    )  # not the example, which has this number


def test_the_example_is_skipped_but_not_what_was_written_over_it(clerk: Any, school: School) -> None:
    from domain.households.roster.workbook.layout import EXAMPLE_HEADING, EXAMPLE_MARK
    from domain.households.roster.workbook.table import read_table
    from domain.households.schools.layout import SCHOOLS

    head = [EXAMPLE_HEADING, *(column.name for column in SCHOOLS.columns)]
    example = [EXAMPLE_MARK, *(column.example for column in SCHOOLS.columns)]
    table = read_table(SCHOOLS, [head, example, ["", "S1", "見本校"]])
    assert [record.text("code") for record in table.records] == ["S1"]
    assert table.problems == []
    table = read_table(SCHOOLS, [head, [EXAMPLE_MARK, "S2", "本当の学校"]])
    assert table.records == []
    assert [found.code for found in table.problems] == ["import.example-filled"]


def _typed(value: object) -> object:
    return value.strftime("%Y/%m/%d") if hasattr(value, "strftime") else value
