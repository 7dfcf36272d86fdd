"""Workbooks made to freeze the server or to be read in two ways: refused, or read right, and always soon."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from domain.households.roster.workbook import reading
from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.problems import WorkbookRefused
from domain.households.roster.workbook.reading import read_workbook
from tests.domain.households.roster.books import roster
from tests.domain.households.roster.test_no_individual_numbers import NUMBER
from tests.domain.households.roster.test_refused_files import rezipped

SOON = 2.0
"""Seconds."""
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def sheet(cells: str) -> bytes:
    return f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode()


def with_sheet(cells: str) -> bytes:
    return rezipped(roster(), {SHEET: sheet(cells)})


def code_of(data: bytes) -> Code:
    """Refused, and soon."""
    began = time.process_time()
    with pytest.raises(WorkbookRefused) as refused:
        read_workbook(data)
    assert time.process_time() - began < SOON
    return refused.value.problems[0].code


def first_row(data: bytes) -> list[object]:
    began = time.process_time()
    rows = read_workbook(data).sheets["世帯"]
    assert time.process_time() - began < SOON
    return rows[0]


@pytest.mark.parametrize(
    "tag", ["<t ", "<t", "<x:t ", "<sheetData", "<sheetData ", "<c r=", '<c r="A1" ', "<!--", "<![CDATA["]
)
@pytest.mark.parametrize("part", [SHEET, "docProps/app.xml", "xl/comments1.xml", "xl/workbook.xml"])
def test_100_kb_of_openings(tag: str, part: str) -> None:
    assert code_of(rezipped(roster(), {part: None}, {part: (tag * 100_000)[:100_000].encode()})) == Code.DAMAGED


def test_a_drawing_of_comments_full_of_openings_is_read_soon() -> None:
    data = rezipped(roster(), more={"xl/drawings/vmlDrawing1.vml": b"<t " * 33_000 + b"<br>"})
    assert first_row(data)


@pytest.mark.parametrize("tag", ["t", "c", "sheetData", "row", "is"])
def test_nested_tags(tag: str) -> None:
    nested = f"<{tag}>" * 20_000 + f"</{tag}>" * 20_000
    assert code_of(with_sheet(nested)) in (Code.TOO_LARGE, Code.DAMAGED)


@pytest.mark.parametrize(
    "cell", ["<c/>", "<c><v>1</v></c>", '<c t="s"><v>0</v></c>', "<c><f/></c>", '<row r="1"><c><v>1</v></c></row>']
)
def test_4_mb_of_one_character_cells(cell: str) -> None:
    data = with_sheet(cell * (4_000_000 // len(cell)))
    began = time.process_time()
    with contextlib.suppress(WorkbookRefused):  # by the number of columns or elements, where not simply read
        read_workbook(data)
    assert time.process_time() - began < SOON


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("address", ["NTP300", "ntp300", "XFD1048576", "xfd1048576", "A1048576", "a20001", "KO1"])
def test_a_far_away_cell_in_any_writing(quote: str, address: str) -> None:
    cell = f"<row><c r={quote}{address}{quote}><v>1</v></c></row>"
    assert code_of(with_sheet(cell)) == Code.TOO_LARGE
    spaced = cell.replace("<c r=", "<x:c\n  r \t=  ").replace("</c>", "</x:c>")
    assert (
        code_of(rezipped(roster(), {SHEET: sheet(spaced).replace(b"<worksheet", b'<worksheet xmlns:x="y"')}))
        == Code.TOO_LARGE
    )


@pytest.mark.parametrize("row", ["20001", "1048576", "9999999"])
def test_a_far_away_row_with_a_cell_without_address(row: str) -> None:
    assert code_of(with_sheet(f"<row r='{row}'><c><v>1</v></c></row>")) == Code.TOO_LARGE


@pytest.mark.parametrize(
    "address", ["", "A", "1", "A0", "A01", "1A", "$A$1", "A1:B2", "ABCD1", "A12345678", " A1", "Ａ1", "A１", "R1C1"]
)
def test_an_address_that_can_be_read_in_two_ways(address: str) -> None:
    assert code_of(with_sheet(f'<row><c r="{address}"><v>1</v></c></row>')) == Code.DAMAGED
    assert code_of(with_sheet(f'<row r="x{address}"><c><v>1</v></c></row>')) == Code.DAMAGED


@pytest.mark.parametrize("address", ['"C1"', "'C1'", '"c1"', "'c1'"])
def test_a_cell_is_read_where_it_stands_in_any_writing(address: str) -> None:
    assert first_row(with_sheet(f'<row r="1"><c r={address}><v>7</v></c></row>')) == ["", "", 7.0]


@pytest.mark.parametrize("address", ['r="C1"', "r='C1'", 'r="c1"', "r='c1'", 's="0" r = "C1"'])
def test_a_formula_is_found_in_any_writing(address: str) -> None:
    book = read_workbook(with_sheet(f'<row r="1"><c {address}><f>1+6</f><v>7</v></c></row>'))
    assert book.formulas == {"世帯": {(1, 2)}}
    assert book.sheets["世帯"][0][2] == 7.0


def test_places_without_addresses_are_those_of_the_library() -> None:
    rows = (
        "<row><c><v>1</v></c><c/><c><f>1</f><v>2</v></c></row>"
        "<row r='4'><c r='B4'><v>3</v></c><c><f>1</f><v>4</v></c></row>"
        "<row><c><v>5</v></c></row>"
    )
    book = read_workbook(with_sheet(rows))
    cells = book.sheets["世帯"]
    assert (cells[0][2], cells[3][2], cells[4][0]) == (2.0, 4.0, 5.0)
    assert book.formulas == {"世帯": {(1, 2), (4, 2)}}


def test_formatted_blank_cells_far_away_do_no_harm() -> None:
    assert first_row(with_sheet('<row><c r="A1"><v>1</v></c><c r="XFD1048576" s="1"/></row>')) == [1.0]


def test_a_long_text_that_every_cell_points_to() -> None:
    strings = f"<sst><si><t>{'x' * 30_000}</t></si></sst>".encode()
    cells = "<row>" + '<c t="s"><v>0</v></c>' * 250 + "</row>"
    assert code_of(rezipped(roster(), {SHEET: sheet(cells * 100), STRINGS: strings})) == Code.TOO_LARGE
    longer = strings.replace(b"<t>", b"<t>" + b"y" * 3_000)
    assert code_of(rezipped(roster(), {SHEET: sheet("<row/>"), STRINGS: longer})) == Code.TOO_LARGE


def test_many_sheets_with_one_far_cell_each(monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil(book: Any, _sheets: Any) -> None:
        for _ in range(3):
            book.add_worksheet().write(19_999, 40, "x")

    assert code_of(roster(spoil=spoil)) == Code.TOO_LARGE
    monkeypatch.setattr(reading, "MAX_GRID", 3_000_000)
    assert first_row(roster(spoil=spoil))


def changed(part: str, old: bytes, new: bytes, data: bytes | None = None) -> bytes:
    data = data or roster()
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        content = book.read(part)
    assert old in content
    return rezipped(data, {part: content.replace(old, new, 1)})


RELATIONS = "xl/_rels/workbook.xml.rels"


@pytest.mark.parametrize(
    "make",
    [
        lambda: changed(RELATIONS, b"worksheets/sheet1.xml", b"worksheets/sheet2.xml"),
        lambda: changed(RELATIONS, b"worksheets/sheet1.xml", b"worksheets/%73heet1.xml"),
        lambda: changed(RELATIONS, b"worksheets/sheet1.xml", b"worksheets/../worksheets/sheet1.xml"),
        lambda: changed(RELATIONS, b"worksheets/sheet1.xml", b"worksheets/SHEET1.xml"),
        lambda: changed(RELATIONS, b"worksheets/sheet1.xml", b"theme/none.xml"),
        lambda: changed(SHEET, b"</sheetData>", b"</sheetData><sheetData/>"),
        lambda: changed(SHEET, b"<sheetData>", b"<?a > <b ?><sheetData>"),
        lambda: rezipped(roster(), more={"xl/worksheets/other.xml": sheet("<row/>")}),
        lambda: rezipped(roster(), more={"xl/worksheets/SHEET1.xml": sheet("<row/>")}),
    ],
    ids=["shared", "escaped", "climbing", "other-case", "elsewhere", "second-data", "instruction", "orphan", "twin"],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_is_refused(make: Callable[[], bytes]) -> None:
    assert code_of(make()) == Code.DAMAGED


@pytest.mark.parametrize("name", ["content.xml", "Content.xml", "xl/workbook.bin"])
def test_no_other_format_rides_along(name: str) -> None:
    data = rezipped(roster(), {"xl/workbook.xml": b"<workbook/>"}, {name: b"<x/>", "mimetype": b"x"})
    assert code_of(data) == Code.NOT_A_WORKBOOK


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_in_any_encoding(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    for part in ("docProps/core.xml", SHEET, "customXml/item1.xml"):
        assert code_of(rezipped(roster(), {part: None}, {part: text.encode(encoding)})) == Code.DAMAGED


def test_the_cache_of_another_workbook_is_looked_through() -> None:
    link = (
        '<externalLink><externalBook><sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1"><v>{}</v></cell></row>'
        '</sheetData><sheetData sheetId="1"/></sheetDataSet></externalBook></externalLink>'
    )
    part = "xl/externalLinks/externalLink1.xml"
    assert first_row(rezipped(roster(), more={part: link.format(5).encode()}))
    assert code_of(rezipped(roster(), more={part: link.format(NUMBER).encode()})) == Code.NUMBER_FOUND
