"""A filled workbook compared with the draft: each row 新規, 変更, 同じ or 誤り. Reading changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from domain.households.roster.sheets import report_duplicates
from domain.households.roster.workbook.codes import Code, Severity
from domain.households.roster.workbook.package import file_digest
from domain.households.roster.workbook.problems import CellProblem, WorkbookRefused, problem
from domain.households.roster.workbook.reading import Workbook, read_workbook
from domain.households.roster.workbook.table import Record, Table
from domain.rules import Category, Pack
from domain.yearpacks.ages import age_in_use, age_row, said
from domain.yearpacks.changing import lacking_of, unconfirmed_of
from domain.yearpacks.content import Basis
from domain.yearpacks.filling import Unreadable, cap_values, fraction_text, rate_values, special_values
from domain.yearpacks.lacking import AGE, Row
from domain.yearpacks.models import Revision
from domain.yearpacks.own import OwnRow, own_rows, value_text
from domain.yearpacks.resolving import draft_pack
from domain.yearpacks.wording import NO_ROW, SCHEMES
from domain.yearpacks.workbook.layout import ACCEPTED, KEPT, REVISION_MARK, layouts_of, share_key

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row of the workbook that says something. `state`: new, changed, same or wrong."""

    sheet: str
    number: int
    state: str
    title: str
    where: str
    before: str
    after: str
    section: str
    key: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    article: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Reading:
    """`rows` in the order of the workbook; with any problem nothing may be applied."""

    digest: str
    rows: tuple[ReadRow, ...]
    problems: tuple[CellProblem, ...]


def read_filled(data: bytes, revision: Revision) -> Reading:
    """Read against the draft as it stands. Bad input never raises."""
    try:
        workbook = read_workbook(data)
    except WorkbookRefused as refusal:
        return Reading(file_digest(data), (), tuple(refusal.problems))
    pack = draft_pack(revision)
    tables = {section: workbook.table(layout) for section, layout in layouts_of(pack).items()}
    refusing = [found for table in tables.values() for found in _refusals(table, revision)]
    if refusing:
        return Reading(workbook.digest, (), tuple(refusing))
    rows = [row for section, table in tables.items() for row in _rows(section, table, pack, revision)]
    problems = [found for table in tables.values() for found in table.problems if found.severity is not Severity.NOTICE]
    return Reading(workbook.digest, tuple(rows), (*_strangers(workbook, tables), *problems))


def _refusals(table: Table, revision: Revision) -> Iterator[CellProblem]:
    yield from (found for found in table.problems if found.severity is Severity.REFUSED)
    said = table.marks.get(REVISION_MARK, "")
    if not any(found.severity is Severity.REFUSED for found in table.problems) and said != revision.name:
        words = f"「{said[:30]}」のファイルです" if said else "どの改訂のファイルか書かれていません"
        detail = f"{words}（「{revision.name}」のはずです）。この改訂から出力したブックを使ってください。"
        yield problem(Code.OTHER_YEAR, detail, remedy="", sheet=table.layout.name)
    for column in table.layout.columns:
        if not table.problems and column.key not in table.found:
            detail = f"「{column.name}」の列がありません。"
            yield problem(Code.MISSING_COLUMN, detail, sheet=table.layout.name, column=column.name)


def _strangers(workbook: Workbook, tables: Mapping[str, Table]) -> Iterator[CellProblem]:
    """A sheet that is neither ours nor the explanation may hold something somebody meant: say so."""
    known = {table.layout.name for table in tables.values()} | {"説明"}
    for name in workbook.sheets:
        if name.strip() not in known:
            detail = f"「{name[:20]}」シートはこの様式にありません。"
            yield problem(Code.MISSING_SHEET, detail, sheet=name)


def _rows(section: str, table: Table, pack: Pack, revision: Revision) -> Iterator[ReadRow]:
    report_duplicates(table, "row")
    reader = _Reader(section, table, pack, revision)
    for record in table.records:
        if reader.says_something(record):
            yield reader.read(record)


class _Reader:
    """One sheet's rows against the rows of the draft."""

    def __init__(self, section: str, table: Table, pack: Pack, revision: Revision) -> None:
        self.section, self.table, self.pack = section, table, pack
        self.own: dict[str, OwnRow] = {own.row.id: own for own in own_rows(pack, revision.content)}
        self.known: dict[str, Row] = {row.id: row for row in (*lacking_of(pack), age_row())}
        self.known |= {name: own.row for name, own in self.own.items()}
        self.unconfirmed = {row.name: row for row in unconfirmed_of(pack)}

    def says_something(self, record: Record) -> bool:
        """Anything in a column to fill, readable or not."""
        return not record.good or any(
            value not in ("", None, False) for key, value in record.values.items() if key not in KEPT
        )

    def read(self, record: Record) -> ReadRow:
        """Findings go to the table; a row with one is 誤り."""
        made = self._accepted(record) if self.section == ACCEPTED else self._figure(record)
        return made or ReadRow(
            self.table.layout.name,
            record.row,
            WRONG,
            record.text("title")[:200],
            record.text("where")[:200],
            record.text("now")[:200],
            "",
            self.section,
        )

    def _accepted(self, record: Record) -> ReadRow | None:
        found = self.unconfirmed.get(record.text("row"))
        if found is None:
            self._wrong(record, "row", "この行は、この改訂の未確認の行にありません。出力し直してください。")
        if not record.flag("accept"):
            self._wrong(record, "accept", "理由だけがあります。採用するなら○を入れてください。")
        elif not record.text("reason"):
            self._wrong(record, "reason", "採用する理由を入力してください。")
        if found is None or not record.good:
            return None
        reason = record.text("reason")
        return ReadRow(
            self.table.layout.name, record.row, NEW, found.title, found.kind, f"{found.value}（未確認）",
            f"採用: {reason}", self.section, {"row": found.name}, {"reason": reason},
        )  # fmt: skip

    def _figure(self, record: Record) -> ReadRow | None:
        row = self.known.get(record.text("row"))
        if row is None or row.section != self.section:
            self._wrong(record, "row", "この行は、この改訂にもうないか、記号が変えられています。出力し直してください。")
        if not record.text("source"):
            self.table.report(Code.EMPTY, record, "source", "出典がありません。")
        values = self._values(record) if record.good else {}
        if row is None or not record.good:
            return None
        own = self.own.get(row.id)
        basis = Basis(record.text("source"), record.text("article"))
        after = value_text(self.pack, self.section, {**row.key, **values})
        state = NEW if own is None else SAME if _same(own, values, basis) else CHANGED
        return ReadRow(
            self.table.layout.name, record.row, state, row.title, row.where, own.text if own else self._shipped(row), after,
            self.section, dict(row.key), values, basis.source, basis.article,
        )  # fmt: skip

    def _shipped(self, row: Row) -> str:
        return said(age_in_use(self.pack)) if row.section == AGE else NO_ROW

    def _values(self, record: Record) -> dict[str, Any]:
        try:
            if self.section == AGE:
                return {"full_years": self._years(record)}
            if self.section == "rates":
                return rate_values(self._shares(record), record.flag("not_covered"))
            if self.section == "caps":
                return cap_values(record.number("annual"), record.flag("no_cap"), record.text("on"))
            if self.section == "special":
                category = record.text("category")
                return special_values(self._needed(record, "action"), int(category) if category else None)
            if self.section in SCHEMES:
                return {"pays": self._needed(record, "pays") == "yes"}
            amount = record.number("amount")
            if amount is None:
                raise Unreadable("amount", "金額を円で入力してください。")
            return {"amount": amount}
        except Unreadable as fault:
            self._wrong(record, fault.field, str(fault))
            return {}

    def _years(self, record: Record) -> int:
        years = record.number("full_years")
        if years is None:
            raise Unreadable("full_years", "年齢を整数で入力してください。")
        return years

    def _needed(self, record: Record, key: str) -> str:
        text = record.text(key)
        if not text:
            raise Unreadable(key, f"「{self.table.layout.column(key).name}」を選んでください。")
        return text

    def _shares(self, record: Record) -> dict[str, list[str]]:
        return {
            ledger.name: [
                fraction_text(record.text(share_key(ledger.name, category)), share_key(ledger.name, category))
                for category in Category
            ]
            for ledger in self.pack.ledgers
        }

    def _wrong(self, record: Record, key: str, detail: str) -> None:
        self.table.report(Code.BAD_SHAPE, record, key, detail)


def _same(own: OwnRow, values: Mapping[str, Any], basis: Basis) -> bool:
    said = {name: value for name, value in own.values.items() if name in values}
    return said == dict(values) and (own.source, own.article) == (basis.source, basis.article)
