"""The work sheets that the jobs sealed: found, opened, and read in the words of the layout."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from domain.handover.errors import HandoverError, PlaceUnreadable, SheetGone
from domain.handover.links import TerminalDesk, terminal_desk
from integrations.atena_adapters.config import JsonDialect
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.errors import AtenaError
from integrations.atena_adapters.fields import ANSWER_TO, FieldSpec, Message, Row, key_of, specs
from integrations.atena_adapters.masking import HIDDEN, Masked
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.transports.base import Address

TITLES = {
    RequestKind.REGISTRATION: "宛名登録", RequestKind.UPDATE: "異動", RequestKind.WITHDRAWAL: "廃止", RequestKind.LINKAGE: "符号確認",
    RequestKind.INQUIRY: "情報照会", RequestKind.PROVISION: "副本の登録",
    RequestKind.LISTING: "保留の照会・記録の受領", RequestKind.RELEASE: "照会への回答",
}  # fmt: skip
SECRET_ITEMS = frozenset({"individual_number", "unified_number"})
"""Never printed and never shown on a sheet: 個人番号 and what stands for it (番号法2条9項)."""


@dataclass(frozen=True, slots=True)
class SheetName:
    """`name` is kind and batch id, as the sealed file is called."""

    name: str
    kind: RequestKind
    batch: str

    @property
    def title(self) -> str:
        return TITLES[self.kind]

    @property
    def address(self) -> Address:
        return Address(self.kind, self.batch, 0, timezone.now())


@dataclass(frozen=True, slots=True, repr=False)
class Sheet(Masked):
    """One opened sheet. `rows` are the request's lines; `given` items are known, `asked` items are read at the terminal."""

    name: SheetName
    content: str
    columns: tuple[FieldSpec, ...]
    asked: tuple[FieldSpec, ...]
    agreed: bool
    rows: tuple[Row, ...] = field(metadata=HIDDEN)

    @property
    def key(self) -> str:
        """The item that names a line."""
        return key_of(Message(self.name.kind.value))


def title_of(name: str) -> str:
    """What a sheet is called, also when it is gone."""
    found = _named(name)
    return found.title if found else name


def sheet_names(desk: TerminalDesk) -> list[SheetName]:
    """All sheets that lie sealed, in the order of their names. Raises PlaceUnreadable."""
    try:
        return [found for path in sorted(desk.place.glob("*.sheet")) if (found := _named(path.stem)) is not None]
    except OSError:
        raise PlaceUnreadable from None


def open_sheet(name: str) -> tuple[TerminalDesk, Sheet]:
    """Raises NotThisLink, PlaceUnreadable, SheetGone."""
    desk, found = terminal_desk(), _named(name)
    if found is None or not (desk.place / f"{found.name}.sheet").is_file():
        raise SheetGone
    try:
        sheet = desk.link.sheet(found.address)
        agreed = bool(desk.link.fetch_answers(found.address))
    except AtenaError:
        raise PlaceUnreadable from None
    lines = [dict(line) for line in sheet.lines]
    request, answer = Message(found.kind.value), ANSWER_TO[found.kind.value]
    columns, asked = _specs(desk, request), _specs(desk, answer)
    given = {spec.name for spec in columns} & {key_of(request), "atena_number", "kind"}
    return desk, Sheet(
        name=found,
        content=sheet.digest,
        columns=columns,
        asked=tuple(spec for spec in asked if spec.name not in given),
        agreed=agreed,
        rows=tuple(_read(desk, request, lines)),
    )


def wire_lines(desk: TerminalDesk, sheet: Sheet, values: list[Mapping[str, str]]) -> list[dict[str, str | None]]:
    """What one person entered, line by line, as the answer message writes it. Raises HandoverError where it cannot be written."""
    answer = ANSWER_TO[sheet.name.kind.value]
    known = {spec.name for spec in _specs(desk, answer)}
    rows: list[Row] = [
        {name: value for name, value in row.items() if name in known and name in {sheet.key, "atena_number", "kind"}}
        | {name: value or None for name, value in entered.items()}
        for row, entered in zip(sheet.rows, values, strict=True)
    ]
    encoded = build_dialect(desk.config.dialect).encode(answer, sheet.name.batch, rows)
    if encoded.refused:
        raise HandoverError("この様式では書けない文字か値があります。端末の表示のとおりか確かめてください。")
    lines: list[dict[str, str | None]] = json.loads(encoded.payload)[_json(desk).lines_key]
    return [{title: None if value is None else str(value) for title, value in line.items()} for line in lines]


def _named(name: str) -> SheetName | None:
    kind, _, batch = name.partition("_")
    return SheetName(name, RequestKind(kind), batch) if kind in {one.value for one in RequestKind} and batch else None


def _specs(desk: TerminalDesk, message: Message) -> tuple[FieldSpec, ...]:
    known = specs(message)
    return tuple(known[column.field] for column in _json(desk).layouts.of(message) if column.field)


def _read(desk: TerminalDesk, message: Message, lines: list[dict[str, str | None]]) -> list[Row]:
    dialect = _json(desk)
    document = {dialect.batch_key: "sheet", dialect.count_key: len(lines), dialect.lines_key: lines}
    payload = json.dumps({key: value for key, value in document.items() if key}, ensure_ascii=False).encode()
    return [row.values for row in build_dialect(dialect).decode(message, payload).rows]


def _json(desk: TerminalDesk) -> JsonDialect:
    dialect = desk.config.dialect
    if not isinstance(dialect, JsonDialect):
        raise PlaceUnreadable
    return dialect
