"""The draft as Excel and back: what was not touched changes nothing, what was filled arrives, what is wrong is named."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from accounts.models import User
from accounts.roles import Role
from domain.rules import PackError
from domain.rules.yearpack.files import FOLDER, read_folder
from domain.rules.yearpack.loading import build_pack
from domain.yearpacks.changing import lacking_of
from domain.yearpacks.content import Basis, empty
from domain.yearpacks.drafting import open_draft
from domain.yearpacks.errors import UploadRefused
from domain.yearpacks.filling import fill
from domain.yearpacks.models import Revision, WorkbookUpload
from domain.yearpacks.own import own_rows
from domain.yearpacks.resolving import draft_pack
from domain.yearpacks.wording import SCHEMES
from domain.yearpacks.workbook import applying
from domain.yearpacks.workbook.layout import layouts_of
from domain.yearpacks.workbook.reading import read_filled
from domain.yearpacks.workbook.writing import HEAD, workbook_of
from tests.domain.statements.people import browser_of, text
from tests.support.records import YEAR

BASE = "R07-former-standard"
Grid = dict[str, list[list[Any]]]


def grid_of(data: bytes) -> Grid:
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def book_of(grid: Grid) -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        for name, rows in grid.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell != "":
                        sheet.write(row, column, cell)
    return kept.getvalue()


def filled(revision: Revision, edit: Callable[[Grid], None]) -> bytes:
    grid = grid_of(workbook_of(revision))
    edit(grid)
    return book_of(grid)


def put(grid: Grid, sheet: str, heading: str, value: Any, line: int = 0) -> None:
    rows = grid[sheet]
    rows[HEAD + line][rows[HEAD - 1].index(heading)] = value


def first_cap(grid: Grid) -> None:
    put(grid, "限度額", "年額", 12_900)
    put(grid, "限度額", "出典", "見本の通知")


@pytest.fixture
def draft(officer: User) -> Revision:
    return open_draft(YEAR, BASE, (), officer)


def test_an_untouched_workbook_says_nothing(draft: Revision) -> None:
    reading = read_filled(workbook_of(draft), draft)
    assert (reading.rows, reading.problems) == ((), ())


def test_key_columns_are_protected_and_entries_are_not(draft: Revision) -> None:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(workbook_of(draft))) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        styles = parts.read("xl/styles.xml").decode()
    assert all("<sheetProtection" in sheet for sheet in sheets)
    assert 'locked="0"' in styles
    assert sum("<dataValidation " in sheet for sheet in sheets) >= 4


def test_what_was_filled_is_compared_and_taken_over_as_a_whole(draft: Revision, officer: User) -> None:
    def edit(grid: Grid) -> None:
        first_cap(grid)
        for heading, value in (("負担金の割合Ⅰ", "1"), ("補助金の割合Ⅱ", "１／２"), ("出典", "別の通知")):
            put(grid, "割合", heading, value)
        put(grid, "要保護への支給", "支給", "支給しない")
        put(grid, "要保護への支給", "出典", "見本の通知")
        put(grid, "区分の特例", "扱い", "区分を定める")
        put(grid, "区分の特例", "定める区分", "Ⅲ")
        put(grid, "区分の特例", "出典", "見本の通知")
        put(grid, "需要額の表", "金額", 20_000)
        put(grid, "需要額の表", "出典", "見本の通知")

    upload = applying.receive(draft, "入力.xlsx", filled(draft, edit), officer)
    assert upload.problems == []
    assert [row["state"] for row in upload.rows] == ["new"] * 5
    before = len(lacking_of(draft_pack(draft)))
    assert applying.apply(upload, officer) == 5
    done = Revision.objects.get(pk=draft.pk)
    assert done.content["rates"][0]["statutory"] == ["1", "0", "?"]
    assert done.content["rates"][0]["subsidy"] == ["0", "1/2", "?"]
    assert sorted(done.content["sources"].values()) == ["別の通知", "見本の通知"]
    assert len(lacking_of(draft_pack(done))) < before
    again = applying.receive(done, "入力.xlsx", workbook_of(done), officer)
    assert [row["state"] for row in again.rows] == ["same"] * 5
    with pytest.raises(UploadRefused, match="反映する行がありません"):
        applying.apply(again, officer)


def test_a_changed_figure_is_shown_with_both(draft: Revision, officer: User) -> None:
    applying.apply(applying.receive(draft, "a.xlsx", filled(draft, first_cap), officer), officer)
    done = Revision.objects.get(pk=draft.pk)

    def edit(grid: Grid) -> None:
        put(grid, "限度額", "年額", "１３，０００円")

    row = applying.receive(done, "b.xlsx", filled(done, edit), officer).rows[0]
    assert (row["state"], row["before"][-24:], row["after"][-24:]) == (
        "changed",
        "年額 12,900円（経費に対して）"[-24:],
        "年額 13,000円（経費に対して）"[-24:],
    )


WRONG = {
    "no source": (("限度額", "年額", 1), "「限度額」シート 4行目 「出典」 (H4)"),
    "no figure": (("限度額", "出典", "x"), "年額を円で入力するか"),
    "not a yen": (("限度額", "年額", "約千円"), "「年額」"),
    "negative": (("限度額", "年額", -1), "「年額」"),
    "a float": (("限度額", "年額", 1.5), "「年額」"),
    "decimal share": (("割合", "負担金の割合Ⅰ", 0.5), "「負担金の割合Ⅰ」"),
    "share over one": (("割合", "負担金の割合Ⅰ", "3/2"), "1以下"),
    "nonsense": (("割合", "補助金の割合Ⅲ", "半分"), "整数か分数"),
    "a word nobody knows": (("要保護への支給", "支給", "たぶん"), "「支給」"),
    "special without category": (("区分の特例", "扱い", "区分を定める"), "定める区分"),
    "another row": (("限度額", "行の記号", "r0000000000a"), "出力し直して"),
    "accepted without reason": (("未確認の行", "採用", "○"), "理由を入力"),
    "reason alone": (("未確認の行", "理由", "x"), "○を入れて"),
}


@pytest.mark.parametrize("case", WRONG)
def test_every_wrong_entry_is_named_with_its_place(draft: Revision, officer: User, case: str) -> None:
    (sheet, heading, value), words = WRONG[case]

    def edit(grid: Grid) -> None:
        first_cap(grid) if sheet != "限度額" else None
        put(grid, sheet, heading, value)
        if case not in ("no source", "no figure") and "出典" in grid[sheet][HEAD - 1]:
            put(grid, sheet, "出典", "見本の通知")
        if case == "another row":
            put(grid, sheet, "年額", 1)

    upload = applying.receive(draft, "a.xlsx", filled(draft, edit), officer)
    assert any(words in found["place"] + found["message"] for found in upload.problems), upload.problems
    assert any(row["state"] == "wrong" and row["sheet"] == sheet for row in upload.rows)
    with pytest.raises(UploadRefused):
        applying.apply(upload, officer)
    assert "caps" not in Revision.objects.get(pk=draft.pk).content


def test_a_formula_is_no_figure(draft: Revision, officer: User) -> None:
    upload = applying.receive(draft, "a.xlsx", filled(draft, lambda grid: put(grid, "限度額", "年額", "=1+1")), officer)
    assert any("数式" in found["message"] for found in upload.problems)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Excelブックではありません"),
        (b"PK\x03\x04broken", "壊れて"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ブック"),
        (b"a,b,c\n1,2,3\n", "Excelブックではありません"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(draft: Revision, officer: User, data: bytes, words: str) -> None:
    upload = applying.receive(draft, "a.xlsx", data, officer)
    assert words in upload.problems[0]["message"]
    assert upload.rows == []


def test_another_revisions_workbook_a_missing_sheet_and_a_missing_column(draft: Revision, officer: User) -> None:
    other = open_draft(YEAR, BASE, (), officer)
    assert "board-2025-2" in applying.receive(draft, "a.xlsx", workbook_of(other), officer).problems[0]["message"]

    def without(grid: Grid) -> None:
        del grid["割合"]

    def headless(grid: Grid) -> None:
        grid["限度額"][HEAD - 1][grid["限度額"][HEAD - 1].index("年額")] = ""

    def stranger(grid: Grid) -> None:
        grid["メモ"] = [["x"]]

    for edit, words in ((without, "「割合」シートがありません"), (headless, "「年額」"), (stranger, "「メモ」")):
        upload = applying.receive(draft, "a.xlsx", filled(draft, edit), officer)
        assert any(words in found["message"] for found in upload.problems), upload.problems


def test_a_draft_changed_since_is_not_overwritten(draft: Revision, officer: User) -> None:
    data = filled(draft, first_cap)
    first, late = (applying.receive(draft, name, data, officer) for name in ("a.xlsx", "b.xlsx"))
    applying.apply(first, officer)
    with pytest.raises(UploadRefused, match="比べた後に"):
        applying.apply(late, officer)
    assert WorkbookUpload.objects.get(pk=late.pk).state == "waiting"


def test_the_pages_of_it(in_a: Any) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    row = open_draft(YEAR, BASE, (), board.person)
    answer = board.get(f"/yearpacks/{row.pk}/workbook/")
    assert answer.content[:2] == b"PK"
    sent = SimpleUploadedFile("入力.xlsx", filled(row, first_cap))
    address = board.post(f"/yearpacks/{row.pk}/upload/", {"file": sent}).headers["Location"]
    shown = text(board.get(address))
    assert "preview-new" in shown
    assert "新規と変更を反映する" in shown
    board.post(address)
    assert Revision.objects.get(pk=row.pk).content["caps"]
    assert "反映済" in text(board.get(address))
    sent = SimpleUploadedFile("壊れた.xlsx", b"nothing")
    address = board.post(f"/yearpacks/{row.pk}/upload/", {"file": sent}).headers["Location"]
    assert "新規と変更を反映する" not in text(board.get(address))
    board.post(address, {"act": "discard"})
    assert WorkbookUpload.objects.get(file_name="壊れた.xlsx").state == "discarded"


def test_layouts_follow_the_ledgers(draft: Revision) -> None:
    names = [column.name for column in layouts_of(draft_pack(draft))["rates"].columns]
    assert "負担金の割合Ⅰ" in names
    assert "補助金の割合Ⅲ" in names


# --- round trip ---------------------------------------------------------------------------------------------------------

RAW = read_folder(FOLDER / BASE)
LACKING = lacking_of(build_pack(BASE, {BASE: RAW}))


def values_for(section: str) -> st.SearchStrategy[dict[str, Any]]:
    if section == "rates":
        vector = st.lists(st.sampled_from(["0", "1/2", "1/3"]), min_size=3, max_size=3)
        both = st.fixed_dictionaries({"statutory": vector, "subsidy": vector})
        return st.one_of(st.just({"not_covered": True}), both)
    if section == "caps":
        annual = st.builds(
            lambda yen, on: {"annual": yen, "on": on}, st.integers(0, 999_999), st.sampled_from(["expense", "payment"])
        )
        return st.one_of(st.just({"no_cap": True}), annual)
    if section == "special":
        return st.builds(lambda n: {"action": "category", "category": n}, st.integers(1, 3))
    if section in SCHEMES:
        return st.builds(lambda yes: {"pays": yes}, st.booleans())
    return st.builds(lambda yen: {"amount": yen}, st.integers(0, 999_999))


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """A draft in which some absent rows are filled."""
    content = empty("見本", YEAR, BASE)
    for row in draw(st.lists(st.sampled_from(LACKING), max_size=6, unique_by=lambda row: row.id)):
        basis = Basis(draw(st.sampled_from(["通知A", "通知B　12ページ"])), draw(st.sampled_from(["", "令1条"])))
        content = fill(content, row, draw(values_for(row.section)), basis, ["statutory", "subsidy"])
    return content


@given(content=contents())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_out_and_in_again_changes_nothing(content: dict[str, Any]) -> None:
    row = Revision(fiscal_year=YEAR, number=7, title="見本", base=BASE, content=content)
    try:
        pack = draft_pack(row)
    except PackError as error:
        raise AssertionError(error.faults) from None
    reading = read_filled(workbook_of(row), row)
    assert reading.problems == ()
    assert {each.state for each in reading.rows} <= {"same"}
    assert len(reading.rows) == len(list(own_rows(pack, content)))
    fresh = Revision(fiscal_year=YEAR, number=7, title="見本", base=BASE, content=empty("見本", YEAR, BASE))
    taken = read_filled(workbook_of(row), fresh)
    known = {each.id for each in LACKING}
    rebuilt = fresh.content
    from domain.yearpacks.lacking import Row

    for each in taken.rows:
        if each.state != "wrong":
            made = Row(each.section, each.key, each.title, each.where)
            assert made.id in known
            rebuilt = fill(rebuilt, made, each.values, Basis(each.source, each.article), ["statutory", "subsidy"])
    same = Revision(fiscal_year=YEAR, number=7, title="見本", base=BASE, content=rebuilt)
    assert {own.row.id: (own.text, own.source, own.article) for own in own_rows(draft_pack(same), rebuilt)} == {
        own.row.id: (own.text, own.source, own.article) for own in own_rows(pack, content)
    }
