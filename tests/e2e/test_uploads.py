"""Rosters handed in by a clerk: mistakes come back by sheet, row and column; a 個人番号 is refused and never shown again."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from integrations.atena_adapters.individual_numbers import is_valid
from tests.domain.households.roster import books
from tests.e2e.people import People, picture

pytestmark = [pytest.mark.browser]

GOOD, BAD = "H29-900001", "H29-900002"


def hand_in(people: People, file: Path) -> Page:
    page = people.page("clerk")
    page.goto(people.address("nara", "/households/imports/"))
    page.get_by_label("学校").select_option(label="サンプル奈良県第1支援学校（S29001）")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="読んで確かめる").click()
    return page


def spoiled_roster() -> bytes:
    """Two households; the second has a day out of its era and a grade that no 小学部 has."""
    people = [
        books.member("1", GOOD), books.member("2", GOOD),
        books.member("1", BAD), books.member("2", BAD, 生年月日="平成31年5月1日"),
    ]  # fmt: skip
    pupils = [books.pupil("S29001-9001", "2", GOOD), books.pupil("S29001-9002", "2", BAD, 学年=9)]
    return books.roster([books.household(GOOD), books.household(BAD)], people, pupils)


@pytest.mark.usefixtures("workers")
def test_mistakes_are_listed_by_sheet_row_and_column_and_the_good_household_is_kept(
    people: People, tmp_path: Path
) -> None:
    file = tmp_path / "名簿_直したもの.xlsx"
    file.write_bytes(spoiled_roster())
    page = hand_in(people, file)
    expect(page.get_by_role("heading", level=1)).to_contain_text("この名簿を取り込みますか", timeout=60_000)
    page.get_by_role("button", name="取り込む").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("取り込まなかった行", timeout=60_000)
    problems = page.get_by_role("region", name="取込の問題")
    expect(problems).to_be_visible(timeout=60_000)
    expect(problems).to_contain_text("世帯構成員 5行「生年月日」")
    expect(problems).to_contain_text("平成31年5月1日はありません。その日は令和元年5月1日です。")
    grade = problems.get_by_role("row").filter(has_text="児童生徒 3行「学年」")
    expect(grade.get_by_role("cell", name="9", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name="合計")).to_be_visible()
    picture(page, "import")
    page.goto(people.address("nara", "/households/"))
    search = page.get_by_label("氏名・かな・世帯番号")
    search.fill("H29-9000")
    search.press("Enter")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page.locator("tr[data-row]")).to_contain_text(GOOD)


@pytest.mark.usefixtures("workers")
def test_a_roster_with_an_individual_number_is_refused_without_echo(people: People, tmp_path: Path) -> None:
    number = next(f"{start}{digit}" for start in ("90000000000",) for digit in range(10) if is_valid(f"{start}{digit}"))
    file = tmp_path / "番号入り.xlsx"
    home = books.household("H29-900003", 特記事項=f"番号 {number} です")
    file.write_bytes(books.roster([home], [books.member(key, "H29-900003") for key in "12"]))
    page = hand_in(people, file)
    expect(page.get_by_role("heading", level=1)).to_contain_text("この名簿は取り込めません", timeout=60_000)
    expect(page.locator("main")).to_contain_text("個人番号")
    assert number not in page.content()
    page.goto(people.address("nara", "/households/imports/"))
    expect(page.get_by_role("row", name="番号入り.xlsx")).to_contain_text("取込不可")
    assert number not in page.content()


def test_what_is_no_workbook_is_refused_and_says_what_to_hand_in(people: People, tmp_path: Path) -> None:
    file = tmp_path / "名簿.xlsx"
    file.write_bytes(f"これはExcelではありません {datetime.date.today()}".encode())  # noqa: DTZ011 - any text does
    page = hand_in(people, file)
    expect(page.locator("main")).to_contain_text("Excel", timeout=60_000)
    expect(page.locator("main")).to_contain_text("取り込めません", timeout=60_000)


def test_a_form_without_a_file_keeps_the_school_and_leads_to_the_field(people: People) -> None:
    page = people.page("clerk")
    page.goto(people.address("nara", "/households/imports/"))
    page.locator("form#upload").evaluate("form => form.noValidate = true")
    page.get_by_label("学校").select_option(label="サンプル奈良県第2支援学校（S29002）")
    page.get_by_role("button", name="読んで確かめる").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("直すところが1件あります")
    expect(alert).to_be_focused()
    expect(page.get_by_label("学校").locator("option:checked")).to_have_text("サンプル奈良県第2支援学校（S29002）")
    alert.get_by_role("link").click()
    expect(page.locator("input[type=file]")).to_be_focused()
