"""Files that are refused as a whole: each with its own message, and never an exception."""

import io
import struct
import zipfile
from typing import Any

import pytest

from domain.households.roster.reader import read_roster
from domain.households.roster.workbook import package, reading
from domain.households.roster.workbook.codes import Code
from tests.domain.households.roster.books import roster

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def only_code(data: bytes) -> Code:
    result = read_roster(data)
    assert result.refused
    assert (result.households, result.members, result.pupils, result.counts) == ((), (), (), {})
    assert len(result.problems) == 1
    assert len(result.problems[0].message) > 10
    return result.problems[0].code


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"", Code.NOT_A_WORKBOOK, "Excelブックではありません"),
        (b"%PDF-1.7 ...", Code.NOT_A_WORKBOOK, ".xlsx"),
        ("学籍番号,氏名\r\n".encode("cp932"), Code.NOT_A_WORKBOOK, "選び直してください"),
        (OLE, Code.OLD_FORMAT, "（.xls）"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), Code.ENCRYPTED, "パスワードを外して"),
        (roster()[:-300], Code.DAMAGED, "壊れています"),
        (roster()[:50], Code.DAMAGED, "保存し直すか、受け取り直して"),
    ],
    ids=["empty", "pdf", "csv", "xls", "encrypted", "cut-at-the-end", "cut-at-the-start"],
)
def test_what_is_no_plain_workbook(data: bytes, code: Code, says: str) -> None:
    assert only_code(data) == code
    assert says in read_roster(data).problems[0].message


def rezipped(data: bytes, change: dict[str, bytes | None] | None = None, more: dict[str, bytes] | None = None) -> bytes:
    """The same workbook with parts replaced (None: left out) or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = (change or {}).get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return target.getvalue()


def test_a_zip_that_is_no_workbook() -> None:
    assert only_code(rezipped(roster(), {"xl/workbook.xml": None})) == Code.NOT_A_WORKBOOK


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/embeddings/oleObject1.bin", "xl/activeX/activeX1.xml"])
def test_macros_and_embedded_files(part: str) -> None:
    assert only_code(rezipped(roster(), more={part: b"x"})) == Code.ACTIVE_CONTENT


def test_entities_in_the_parts() -> None:
    with zipfile.ZipFile(io.BytesIO(roster())) as book:
        text = book.read("xl/sharedStrings.xml")
    bomb = text.replace(b"?>", b'?><!DOCTYPE sst [<!ENTITY a "aaaa">]>', 1)
    assert only_code(rezipped(roster(), {"xl/sharedStrings.xml": bomb})) == Code.DAMAGED


def test_broken_markup_inside() -> None:
    assert only_code(rezipped(roster(), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row r="})) == Code.DAMAGED


def test_a_bomb_is_not_inflated() -> None:
    bomb = rezipped(roster(), more={"xl/media/huge.xml": b"0" * (8 * 1024 * 1024)})
    assert len(bomb) < 100_000
    assert only_code(bomb) == Code.TOO_LARGE


def test_a_size_field_that_lies_is_found() -> None:
    data = bytearray(rezipped(roster(), more={"xl/media/huge.xml": b"0" * 100_000}))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)
    assert only_code(bytes(data)) == Code.DAMAGED


def test_an_entry_that_stands_twice() -> None:
    target = io.BytesIO(roster())
    with zipfile.ZipFile(target, "a") as book, pytest.warns(UserWarning, match="Duplicate name"):
        book.writestr("xl/workbook.xml", b"<workbook/>")
    assert only_code(target.getvalue()) == Code.DAMAGED


def test_limits_of_size(monkeypatch: pytest.MonkeyPatch) -> None:
    data = roster()
    monkeypatch.setattr(package, "MAX_FILE_BYTES", len(data) - 1)
    assert only_code(data) == Code.TOO_LARGE
    monkeypatch.undo()
    monkeypatch.setattr(package, "MAX_INFLATED_BYTES", 2_000)
    assert only_code(data) == Code.TOO_LARGE
    monkeypatch.undo()
    monkeypatch.setattr(package, "MAX_PARTS", 3)
    assert only_code(data) == Code.TOO_LARGE


@pytest.mark.parametrize("place", [(1_048_575, 0), (0, 16_383), (reading.MAX_ROWS, 0)])
def test_one_far_away_cell_does_not_make_a_huge_grid(place: tuple[int, int]) -> None:
    def far_away(_book: Any, sheets: Any) -> None:
        sheets["世帯"].write(*place, "x")

    assert only_code(roster(spoil=far_away)) == Code.TOO_LARGE


def test_another_school_or_year() -> None:
    data = roster(marks=[("学校コード", "S29001"), ("年度", 2025)])
    assert not read_roster(data, school_code="S29001", fiscal_year=2025).refused
    other = read_roster(data, school_code="S29002", fiscal_year=2026)
    assert {problem.code for problem in other.problems} == {Code.OTHER_SCHOOL, Code.OTHER_YEAR}
    assert any("「S29001」です（「S29002」のはずです）" in problem.message for problem in other.problems)
    years = [problem.message for problem in other.problems if problem.code is Code.OTHER_YEAR]
    wanted = "令和7年度のファイルです（令和8年度のはずです）。この年度のファイルを選び直してください。"
    assert set(years) == {wanted}, "no year can be chosen where it is handed in"
    assert other.refused
