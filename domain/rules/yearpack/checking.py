"""What a pack covers and what it lacks: gaps in tables, and item × 部 × 区分 known / unconfirmed / absent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import product

from domain.rules.cases import ZONES, Category, SchoolStage
from domain.rules.payment_cases import Attendance, Department
from domain.rules.standing import Standing, weakest
from domain.rules.yearpack.conditions import Question
from domain.rules.yearpack.formula import Component
from domain.rules.yearpack.model import ExpenseItem, Pack, SpecialCase
from domain.rules.yearpack.tables import CLOSED, KEY_TITLES, OLDEST, Key, Table

LARGEST_HOUSEHOLD = 10
PRESENT = tuple(each for each in Attendance if each is not Attendance.TRANSFERRED_OUT)


class Coverage(StrEnum):
    """State of one cell of the coverage table."""

    KNOWN = "known"
    UNCONFIRMED = "unconfirmed"
    PARTLY_ABSENT = "partly_absent"
    ABSENT = "absent"
    NOT_COVERED = "not_covered"

    @property
    def label(self) -> str:
        """Japanese word of the table."""
        return {
            "known": "あり",
            "unconfirmed": "未確認",
            "partly_absent": "一部欠",
            "absent": "欠",
            "not_covered": "対象外",
        }[self.value]


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """Whether payments of an item can be computed for pupils of a department and category.

    `rate_absent`, `cap_absent`: which kind of row is lacking; `standing`: weakest row found, None if none is used.
    """

    item: str
    department: Department
    category: Category
    state: Coverage
    standing: Standing | None
    rate_absent: bool
    cap_absent: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Answer of `check`: absent rows in Japanese, and the coverage cells."""

    gaps: tuple[str, ...]
    cells: tuple[CoverageCell, ...]


def check(pack: Pack) -> Report:
    """Everything absent in `pack`; tables that no part of the need reads lack nothing.

    Duplicate keys and rows without source never load (PackError).
    """
    read = tables_of(part for part in pack.need.components if part.on)
    tables = (table for table in pack.tables.values() if table.name in read)
    gaps = [gap for table in tables for gap in table_gaps(pack, table)]
    gaps += [f"区分の特例: {case.label} の行がありません" for case in SpecialCase if case not in pack.special]
    for who, rows in (("要保護", pack.welfare_pay), ("措置費受給", pack.institution_pay)):
        unsaid = [item.title for item in pack.items.values() if item.code not in rows and not item.class_only]
        gaps += [f"{who}の児童生徒に支給するかどうか: {'、'.join(unsaid)} の行がありません"] if unsaid else []
    return Report(tuple(gaps), tuple(coverage(pack)))


def coverage(pack: Pack) -> Iterator[CoverageCell]:
    """One cell per item, department and category."""
    for item, department, category in product(pack.items.values(), Department, Category):
        yield _cell(pack, item, department, category)


def _cell(pack: Pack, item: ExpenseItem, department: Department, category: Category) -> CoverageCell:
    standings: list[Standing] = []
    rate_absent = cap_absent = False
    for asked in questions(pack, item, department, category):
        rate = pack.rates.find(asked)
        if rate is None:
            rate_absent = True
        elif rate.covered:
            standings.append(rate.origin.standing)
            cap = pack.caps.find(asked)
            if cap is not None:
                standings.append(cap.origin.standing)
            elif any(share for _, share in rate.shares):
                cap_absent = True
    state = _state(standings, rate_absent, cap_absent)
    found = weakest(standings) if standings else None
    return CoverageCell(item.code, department, category, state, found, rate_absent, cap_absent)


def _state(standings: list[Standing], rate_absent: bool, cap_absent: bool) -> Coverage:
    if cap_absent or (rate_absent and not standings):
        return Coverage.ABSENT
    if rate_absent:
        return Coverage.PARTLY_ABSENT
    if not standings:
        return Coverage.NOT_COVERED
    return Coverage.UNCONFIRMED if weakest(standings) is Standing.UNCONFIRMED else Coverage.KNOWN


def questions(pack: Pack, item: ExpenseItem, department: Department, category: Category) -> Sequence[Question]:
    """Every question that can get its own answer."""
    conditions = [*pack.rates.conditions(item.code), *pack.caps.conditions(item.code)]
    counts = sorted({1, *(each.counts[0] for each in conditions if each.counts)}) if item.counted else [1]
    visits = (False, True) if any(each.home_visit is not None for each in conditions) else (False,)
    return _every_question(item.code, tuple(item.purposes), department, category, tuple(counts), visits)


@lru_cache(maxsize=2_000)
def _every_question(
    item: str,
    purposes: tuple[str, ...],
    department: Department,
    category: Category,
    counts: tuple[int, ...],
    visits: tuple[bool, ...],
) -> tuple[Question, ...]:
    """Packs are asked much the same, and one page asks several times."""
    grades = range(1, department.years + 1)
    return tuple(
        Question(item, purpose, department, grade, category, attendance, physical, article, count, visit)
        for purpose, grade, attendance, physical, article, count, visit in product(
            purposes or ("",), grades, PRESENT, (False, True), (False, True), counts, visits
        )
    )


def tables_of(components: Iterable[Component]) -> set[str]:
    """Names of the tables components read."""
    return {
        table.name for part in components for table in (part.table, part.months, part.reduction) if table is not None
    }


def table_gaps(pack: Pack, table: Table) -> Iterator[str]:
    """Japanese lines naming the rows a table lacks; neighbouring ages and sizes are put together."""
    if "area" in table.keys and not table.cells:
        yield f"{table.title}: どの地域の行もありません"
        return
    domains = [key_domain(pack, table, name) for name in table.keys]
    last = KEY_TITLES[table.keys[-1]]
    for leading in product(*domains[:-1]):
        lacking = [value for value in domains[-1] if table.find((*leading, value)) is None]
        place = "・".join(f"{KEY_TITLES[name]} {value}" for name, value in zip(table.keys, leading, strict=False))
        if lacking:
            yield f"{table.title}{f'[{place}]' if place else ''}: {last} {_ranges(lacking)} の行がありません"


def key_domain(pack: Pack, table: Table, name: str) -> list[Key]:
    """Values of a key that can be asked of a table; of areas, whose list is open, those the table has."""
    if name in CLOSED and name != "stage":
        return list(CLOSED[name])
    if name == "area":
        at = table.keys.index(name)
        return list(dict.fromkeys(key[at] for key in table.cells))
    stages = {stage for part in pack.need.components if part.table is table for stage in part.who.stages or SchoolStage}
    spans = [part.who.ages or (0, OLDEST) for part in pack.need.components if part.table is table] or [(0, OLDEST)]
    domains: dict[str, list[Key]] = {
        "zone": list(ZONES),
        "stage": sorted(stage.value for stage in stages),
        "age": sorted({age for first, last in spans for age in range(first, last + 1)}),
        "size": list(range(1, LARGEST_HOUSEHOLD + 1)),
        "children": list(range(1, LARGEST_HOUSEHOLD + 1)),
    }
    return domains[name]


def _ranges(values: list[Key]) -> str:
    """ "0-5、70-130" for numbers, a plain list for names."""
    parts: list[list[Key]] = []
    for value in values:
        previous = parts[-1][-1] if parts else None
        if isinstance(value, int) and isinstance(previous, int) and value == previous + 1:
            parts[-1].append(value)
        else:
            parts.append([value])
    return "、".join(str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts)
