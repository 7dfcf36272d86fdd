"""A run's summary as values for pages and workbooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from domain.households.models import School
from domain.impact.models import ImpactRun
from domain.payments.errors import PackUnknown
from domain.payments.items import Items, items_of
from domain.rules.impact import Direction, Place
from domain.rules.impact.model import direction_of
from web.components import Bar, Cell, Pair

Summary = Mapping[str, Any]
PLACES = [place.label for place in Place]


def year_of(run: ImpactRun) -> int:
    """The year whose words for items are used: the newest of the run."""
    return max(int(plan["year"]) for plan in run.plans)


def school_names() -> dict[str, str]:
    return dict(School.objects.values_list("code", "name"))


def item_titles(run: ImpactRun) -> Callable[[int, str], str]:
    """Japanese name of an item of a year, as the packs of the run call it: what was tried before what is used.

    The code where neither they nor any other pack of the year know it.
    """
    kept: dict[int, dict[str, str]] = {}
    for plan in run.plans:
        sides = [(plan.get(side) or {}).get("items", {}) for side in ("before", "after")]
        kept[int(plan["year"])] = {**sides[0], **sides[1]}
    years: dict[int, Items] = {}

    def title(year: int, code: str) -> str:
        if code in kept.get(year, {}):
            return kept[year][code]
        try:
            if year not in years:
                years[year] = items_of(year)
        except PackUnknown:
            return code
        return years[year].title(code)

    return title


def ledger_titles(run: ImpactRun) -> dict[str, str]:
    """会計区分 by name, of every pack of the run."""
    found: dict[str, str] = {}
    for plan in run.plans:
        for side in ("before", "after"):
            found |= (plan.get(side) or {}).get("ledgers", {})
    return found


def matrix(run: ImpactRun, moves: list[dict[str, Any]]) -> list[Cell]:
    """Every cell, also those with nobody in them; those of movers lead to their list."""
    counts = {(each["before"], each["after"]): each["households"] for each in moves}
    shown = list(Place)
    cells = []
    for before in shown:
        for after in shown:
            number = counts.get((before.value, after.value), 0)
            way = "same" if before is after else direction_of(before, after).value
            url = ""
            if number and before is not after:
                asked = urlencode({"before": before.value, "after": after.value})
                url = f"{reverse('impact:movers', args=[run.pk])}?{asked}"
            cells.append(Cell(before.label, after.label, number, way, url))
    return cells


@dataclass(frozen=True, slots=True)
class CostLine:
    """One item and ledger, 円."""

    item: str
    ledger: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


def cost_lines(run: ImpactRun, tally: Summary) -> list[CostLine]:
    """By item and ledger, in words."""
    year, ledgers, titles = year_of(run), ledger_titles(run), item_titles(run)
    return [
        CostLine(titles(year, each["item"]), ledgers.get(each["ledger"], each["ledger"]), each["before"], each["after"])
        for each in tally["costs"]
    ]


def cost_pairs(lines: list[CostLine]) -> list[Pair]:
    """Bars by item and ledger; what is the same on both sides is left to the table below."""
    return [Pair(f"{each.item[:10]}・{each.ledger}", each.before, each.after) for each in lines if each.difference]


def ledger_pairs(lines: list[CostLine]) -> list[Pair]:
    """Bars by ledger."""
    sums: dict[str, list[int]] = {}
    for each in lines:
        held = sums.setdefault(each.ledger, [0, 0])
        held[0] += each.before
        held[1] += each.after
    return [Pair(ledger, before, after) for ledger, (before, after) in sums.items()]


def component_bars(summary: Summary) -> list[Bar]:
    """How many movers each component moved."""
    return [Bar(each["title"][:9], each["households"]) for each in summary.get("components", ())]


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """One school's counts and sums."""

    code: str
    name: str
    households: int
    more: int
    less: int
    open: int
    payments: int
    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


def school_line(code: str, name: str, tally: Summary) -> SchoolLine:
    """A tally as a line of a table."""
    ways, paid = tally["directions"], tally["paid"]
    return SchoolLine(
        code,
        name,
        tally["households"],
        ways[Direction.MORE],
        ways[Direction.LESS],
        ways[Direction.OPEN],
        tally["payments_changed"],
        paid["before"],
        paid["after"],
    )


def school_lines(run: ImpactRun) -> list[SchoolLine]:
    """By school, in order of their codes."""
    names = school_names()
    return [school_line(code, names.get(code, code), tally) for code, tally in run.summary.get("schools", {}).items()]
