"""One part of a workbook through expat, within a budget."""

from dataclasses import dataclass
from typing import NoReturn, Protocol
from xml.parsers import expat

from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.problems import WorkbookRefused, refuse

MAX_ELEMENTS = 700_000
"""Of all parts together; a roster of 1,000 pupils has some 220,000."""
MAX_DEPTH = 100
MAX_PART_BYTES = 48 * 1024 * 1024
_CHUNK = 64 * 1024


@dataclass(slots=True)
class Budget:
    """Elements that may still be opened."""

    elements: int = MAX_ELEMENTS


class Markup(Protocol):
    """Who is told. Names come without their prefix, attributes as name, value, name, value."""

    def start(self, name: str, attributes: list[str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, piece: str) -> None: ...


def read_part(content: bytes, markup: Markup, budget: Budget, *, plain: bool) -> None:
    """Tell `markup` about a part, in linear time. Raises WorkbookRefused, expat.ExpatError.

    `plain`: a part the spreadsheet library reads: UTF-8 whatever it says itself, and no processing instructions.
    """
    if len(content) > MAX_PART_BYTES:
        raise too_much()
    parser = expat.ParserCreate("utf-8" if plain else None)
    parser.ordered_attributes = True
    parser.buffer_text = True
    left, depth = budget.elements, 0

    def start(name: str, attributes: list[str]) -> None:
        nonlocal left, depth
        left -= 1
        depth += 1
        if left < 0 or depth > MAX_DEPTH:
            raise too_much()
        markup.start(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        markup.end(name.rpartition(":")[2])

    def forbidden(*_: object) -> NoReturn:
        raise refuse(Code.DAMAGED)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = markup.text
    parser.StartDoctypeDeclHandler = forbidden
    parser.EntityDeclHandler = forbidden
    if plain:
        parser.ProcessingInstructionHandler = forbidden
    for at in range(0, len(content), _CHUNK):
        parser.Parse(content[at : at + _CHUNK], False)
    parser.Parse(b"", True)
    budget.elements = left


def too_much() -> WorkbookRefused:
    return refuse(Code.TOO_LARGE, "ブックの中身が大きすぎます。")
