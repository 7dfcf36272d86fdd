"""The table of all schools, for the board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.http import urlencode

from config.home.counts import SchoolCounts
from config.home.links import place
from domain.statements.models import Statement
from domain.statements.states import BEFORE_COMPUTING

State = Statement.State
COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("受付・照会中", BEFORE_COMPUTING),
    ("要確認", (State.CHECKING,)),
    ("差戻し", (State.RETURNED,)),
    ("算定済", (State.COMPUTED,)),
    ("進達済", (State.FORWARDED,)),
    ("決定伺い", (State.PROPOSED,)),
    ("決定", (State.DECIDED, State.NOTICED)),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A school: its 調書 by the columns above."""

    name: str
    url: str
    counts: list[int]
    total: int


def lines(schools: Sequence[SchoolCounts]) -> list[Line]:
    return [
        Line(
            school.name,
            place("statements:list", urlencode({"school": school.code})),
            [school.of(states) for _, states in COLUMNS],
            school.total,
        )
        for school in schools
    ]


def totals(found: Sequence[Line]) -> list[int]:
    """The foot: each column, then everything."""
    columns = zip(*(line.counts for line in found), strict=True)
    return [*(sum(column) for column in columns), sum(line.total for line in found)]
