"""A sheet as its pages show it: numbers never, addresses under 支援措置 never, members by household and member number."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.handover.terminal.entries import Different, Values, masked
from domain.handover.terminal.sheets import SECRET_ITEMS, Sheet
from domain.handover.terminal.values import WORDS, choices
from domain.households.models import Member
from integrations.atena_adapters.fields import FieldSpec, Form, Row

HIDDEN = "支援措置により表示していません"
ON_SCREEN = "番号の表示の画面で確かめます"


@dataclass(frozen=True, slots=True)
class Cell:
    """An item to enter. `kept`: what a number that is never shown again ends with."""

    name: str
    spec: FieldSpec
    value: str
    kept: str
    choices: tuple[tuple[str, str], ...]
    numeric: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line: whom it is about, what to key in, what to read back."""

    number: int
    member: Member | None
    given: tuple[tuple[FieldSpec, str], ...]
    cells: tuple[Cell, ...]


def members_of(sheet: Sheet) -> dict[str, Member]:
    """The people of a sheet by 業務宛名番号, one query."""
    atena = [number for row in sheet.rows if (number := row.get("atena_number"))]
    found = Member.objects.filter(atena_number__in=atena).select_related("household")
    return {member.atena_number or "": member for member in found}


def unseen_cells(sheet: Sheet, members: dict[str, Member]) -> set[tuple[int, str]]:
    """Cells (line from 0, item) that are never shown once they were typed: numbers, and addresses under 支援措置."""
    return {
        (at, spec.name)
        for at, row in enumerate(sheet.rows)
        for spec in sheet.asked
        if spec.name in SECRET_ITEMS or (spec.form is Form.ADDRESS and _is_hidden(row, members))
    }


def lines_of(sheet: Sheet, members: dict[str, Member], typed: Values) -> list[Line]:
    lines = []
    for at, row in enumerate(sheet.rows):
        member, hidden = members.get(row.get("atena_number") or ""), _is_hidden(row, members)
        given = tuple((spec, _given(spec, row.get(spec.name), hidden=hidden)) for spec in sheet.columns)
        cells = tuple(_cell(at, spec, typed.get(at, {}).get(spec.name, ""), hidden=hidden) for spec in sheet.asked)
        lines.append(Line(at + 1, member, given, cells))
    return lines


def cell_name(line: int, item: str) -> str:
    """The form's name of a cell; `line` from 0."""
    return f"{line}-{item}"


def shown_difference(one: Different, member: Member | None) -> Different:
    """An address under 支援措置 is not on the comparison either."""
    if one.item.form is Form.ADDRESS and (member is None or member.household.address_hidden):
        return replace(one, first=HIDDEN, second=HIDDEN)
    return one


def _is_hidden(row: Row, members: dict[str, Member]) -> bool:
    member = members.get(row.get("atena_number") or "")
    return member is None or member.household.address_hidden


def _kept(spec: FieldSpec, value: str) -> str:
    return masked(value) if spec.name in SECRET_ITEMS else HIDDEN


def _given(spec: FieldSpec, value: str | None, *, hidden: bool) -> str:
    if spec.name in SECRET_ITEMS:
        return ON_SCREEN
    if spec.form is Form.ADDRESS and hidden:
        return HIDDEN
    return WORDS.get(value or "", value or "") if spec.form is Form.CODE else value or ""


def _cell(line: int, spec: FieldSpec, value: str, *, hidden: bool) -> Cell:
    secret = spec.name in SECRET_ITEMS or (hidden and spec.form is Form.ADDRESS)
    offered = tuple(choices(spec)) if spec.form is Form.CODE else ()
    return Cell(
        name=cell_name(line, spec.name),
        spec=spec,
        value="" if secret else value,
        kept=_kept(spec, value) if secret and value else "",
        choices=offered,
        numeric=spec.form in (Form.AMOUNT, Form.YEAR, Form.IDENTIFIER),
    )
