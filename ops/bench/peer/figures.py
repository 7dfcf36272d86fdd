"""What the peer is given: the same figures and households as ours, read from our pack and written as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.rules import HouseholdCase, IncomeFacts, Pack
from domain.rules.ages import age_on
from domain.rules.cases import GRADES, ZONES, SchoolStage
from domain.rules.yearpack.formula import Component, ComponentKind, Who

OLDEST = 100
"""The peer's tables end at this age; older members count as this old. `stages` of the peer: none, 小学, 中学."""
STAGES = {SchoolStage.ELEMENTARY: 1, SchoolStage.JUNIOR_HIGH: 2}
COMPONENTS = {
    "class1": ComponentKind.PER_MEMBER,
    "class2": ComponentKind.PER_HOUSEHOLD,
    "winter": ComponentKind.PER_HOUSEHOLD,
    "year_end": ComponentKind.PER_HEAD,
    "housing": ComponentKind.PER_HOUSEHOLD,
    "education": ComponentKind.PER_MEMBER,
    "lunch": ComponentKind.PER_MEMBER,
}
"""What the peer's rule is written for. 障害者加算 counts from the second pupil on; the households have one each."""
UNUSED = frozenset({"disability"})
SIZES = range(1, 13)


class PeerCannot(Exception):
    """`bench.peer-cannot`: the pack has a rule that the peer's rule was not written for."""

    identifier = "bench.peer-cannot"


def figures_of(pack: Pack) -> dict[str, Any]:
    """Amounts (円) and rules of `pack` for the peer. Raises PeerCannot when the pack asks for more than the peer's rule does."""
    parts = {part.id: part for part in pack.need.components if part.id not in UNUSED}
    if {name: part.kind for name, part in parts.items()} != COMPONENTS:
        raise PeerCannot(f"components of the need: {sorted(parts)}")
    rounding = pack.need.monthly_rounding
    if rounding is None or (rounding.mode.value, rounding.unit) != ("half_up", 1):
        raise PeerCannot(f"rounding of the need: {rounding}")
    return {
        "class1": [[_amount(parts["class1"], grade, age) for age in range(OLDEST + 1)] for grade in GRADES],
        "class2": [[_amount(parts["class2"], grade, size) for size in SIZES] for grade in GRADES],
        "winter": [
            [[_amount(parts["winter"], grade, zone, size) for size in SIZES] for zone in ZONES] for grade in GRADES
        ],
        "year_end": [_amount(parts["year_end"], grade) for grade in GRADES],
        "housing": [_amount(parts["housing"], grade[0]) for grade in GRADES],
        "education": _by_stage(parts["education"]),
        "lunch": _by_stage(parts["lunch"]),
        "times_a_year": {name: part.times_a_year for name, part in parts.items()},
        "adds": list(pack.income.adds),
        "deducts": list(pack.income.deducts),
        "boundaries": [
            [boundary.below.numerator, boundary.below.denominator] for boundary in pack.boundaries if boundary.below
        ],
    }


def household_for_peer(case: HouseholdCase) -> dict[str, Any]:
    """One household in the peer's terms. Ages are taken here, so the peer need not work them out; amounts in 円."""
    names = ("total", "retirement", "forestry", "social_insurance", "life_insurance", "earthquake_insurance")
    facts = [member.income if isinstance(member.income, IncomeFacts) else IncomeFacts() for member in case.members]
    return {
        "grade": GRADES.index(case.living_cost_grade),
        "zone": ZONES.index(case.winter_zone),
        "age": [min(OLDEST, age_on(member.born, case.base_date)) for member in case.members],
        "stage": [STAGES.get(member.school_stage, 0) for member in case.members],
        **{name: [getattr(each, name) for each in facts] for name in names},
    }


def households_for_peer(cases: Sequence[HouseholdCase]) -> list[dict[str, Any]]:
    return [household_for_peer(case) for case in cases]


def _amount(part: Component, *key: str | int) -> int:
    cell = part.table.find(key) if part.table else None
    if cell is None:
        raise PeerCannot(f"{part.id}: {key}")
    return cell.amount


def _by_stage(part: Component) -> list[int]:
    """None, 小学, 中学."""
    if part.who != Who(stages=frozenset(STAGES)):
        raise PeerCannot(f"stages of {part.id}")
    return [0, *(_amount(part, stage.value) for stage in STAGES)]
