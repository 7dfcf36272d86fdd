"""収録状況: the coverage table of a pack as pages show it, item by 部, the 支弁区分 that stand alike together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from domain.rules import Department, Pack
from domain.rules.yearpack.checking import Coverage, CoverageCell, check
from domain.yearpacks.memo import per_digest
from domain.yearpacks.wording import categories_text
from web.states import Tone

TONES = {
    Coverage.KNOWN: Tone.DONE,
    Coverage.UNCONFIRMED: Tone.ATTENTION,
    Coverage.PARTLY_ABSENT: Tone.HALF,
    Coverage.ABSENT: Tone.STOPPED,
    Coverage.NOT_COVERED: Tone.NEUTRAL,
}
LACKING = (Coverage.ABSENT, Coverage.PARTLY_ABSENT)
FILTERS = {
    "": ("すべて", frozenset(Coverage)),
    "absent": ("値のないものだけ", frozenset(LACKING)),
    "unconfirmed": ("未確認のあるもの", frozenset({Coverage.UNCONFIRMED})),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Categories of one item and 部 that stand alike. `lacks`: which rows are absent; `standing` of the weakest row."""

    categories: str
    state: Coverage
    standing: str
    lacks: str

    @property
    def tone(self) -> Tone:
        return TONES[self.state]


@dataclass(frozen=True, slots=True)
class Line:
    """One item; `cells` has the marks of each 部, in the order of `DEPARTMENTS`."""

    item: str
    title: str
    cells: tuple[tuple[Mark, ...], ...]
    states: frozenset[Coverage]


@dataclass(frozen=True, slots=True)
class Table:
    """`counts` counts cells (item × 部 × 区分) by state; `gaps` are the absent rows outside the payments, in words."""

    lines: tuple[Line, ...]
    counts: dict[Coverage, int]
    gaps: tuple[str, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def absent(self) -> int:
        return sum(self.counts[state] for state in LACKING)

    def shown(self, chosen: str) -> list[Line]:
        """The lines of a filter."""
        wanted = FILTERS.get(chosen, FILTERS[""])[1]
        return [line for line in self.lines if line.states & wanted]


DEPARTMENTS = tuple(Department)


@per_digest
def coverage_table(pack: Pack) -> Table:
    """The whole table of a pack."""
    report = check(pack)
    by_item: dict[str, list[CoverageCell]] = {code: [] for code in pack.items}
    for cell in report.cells:
        by_item[cell.item].append(cell)
    lines = tuple(
        Line(code, pack.items[code].title, _cells(cells), frozenset(cell.state for cell in cells))
        for code, cells in by_item.items()
    )
    counts = Counter(cell.state for cell in report.cells)
    return Table(lines, {state: counts[state] for state in Coverage}, report.gaps)


def _cells(cells: list[CoverageCell]) -> tuple[tuple[Mark, ...], ...]:
    return tuple(tuple(_marks(cell for cell in cells if cell.department is each)) for each in DEPARTMENTS)


def _marks(cells: Iterable[CoverageCell]) -> list[Mark]:
    groups: dict[tuple[Coverage, str, str], list[int]] = {}
    for cell in cells:
        lacks = "・".join(word for word, absent in (("割合", cell.rate_absent), ("限度額", cell.cap_absent)) if absent)
        standing = cell.standing.label if cell.standing and cell.state is Coverage.KNOWN else ""
        groups.setdefault((cell.state, standing, lacks), []).append(int(cell.category))
    return [Mark(categories_text(found), state, standing, lacks) for (state, standing, lacks), found in groups.items()]
