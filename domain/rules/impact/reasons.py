"""Why a household moves: the components of need and income that differ, and the boundary that was crossed."""

from __future__ import annotations

from fractions import Fraction

from domain.rules.assessment.assessing import Assessment
from domain.rules.assessment.income import FACT_TITLES
from domain.rules.assessment.need import Months
from domain.rules.cases import Category, IncomeFacts
from domain.rules.impact.model import Crossing, Place, Shift
from domain.rules.yearpack.formula import IncomeRule

NEED, INCOME = "need", "income"
ROUNDING = ("rounding", "端数処理")
FLOOR = ("floor", "下限とその他")


def shifts_of(before: Assessment, after: Assessment) -> tuple[Shift, ...]:
    """Components whose amount differs, need first, in the packs' order; nothing where a side has no figures."""
    if before.computation is None or after.computation is None:
        return ()
    return (*_need_shifts(before, after), *_income_shifts(before, after))


def _need_shifts(before: Assessment, after: Assessment) -> list[Shift]:
    old, new = _by_component(before), _by_component(after)
    shifts = [
        Shift(NEED, key, title, old.get(key, ("", 0))[1], new.get(key, ("", 0))[1])
        for key, (title, _) in {**old, **new}.items()
    ]
    return [shift for shift in shifts if shift.before != shift.after]


def _by_component(assessment: Assessment) -> dict[str, tuple[str, int]]:
    """Title and 年額 of each component; what rounding adds or takes stands last."""
    computation = assessment.computation
    found: dict[str, tuple[str, int]] = {}
    if computation is None:
        return found
    for entry in computation.entries:
        if isinstance(entry, Months):
            continue
        component, annual = entry.component, entry.annual.numerator // entry.annual.denominator
        found[component.id] = (component.title, found.get(component.id, ("", 0))[1] + annual)
    rest = computation.annual_need - sum(annual for _, annual in found.values())
    found[ROUNDING[0]] = (ROUNDING[1], rest.numerator // rest.denominator)
    return found


def _income_shifts(before: Assessment, after: Assessment) -> list[Shift]:
    """By kind of fact that is added or deducted; the floor at 0 and whatever else takes the rest."""
    assert before.computation is not None  # noqa: S101 - the caller asked
    assert after.computation is not None  # noqa: S101
    amounts = before.computation.income.amount, after.computation.income.amount
    old, new = _income_parts(before), _income_parts(after)
    shifts = [Shift(INCOME, name, FACT_TITLES[name], old.get(name, 0), new.get(name, 0)) for name in {**old, **new}]
    rest = amounts[0] - sum(old.values()), amounts[1] - sum(new.values())
    shifts.append(Shift(INCOME, *FLOOR, *rest))
    return [shift for shift in shifts if shift.before != shift.after]


def _income_parts(assessment: Assessment) -> dict[str, int]:
    rule: IncomeRule = assessment.pack.income
    facts = [member.income for member in assessment.case.members if isinstance(member.income, IncomeFacts)]
    parts = {name: sum(int(getattr(each, name)) for each in facts) for name in rule.adds}
    return parts | {name: -sum(int(getattr(each, name)) for each in facts) for name in rule.deducts}


def crossings_of(before: Assessment, after: Assessment) -> tuple[Crossing, ...]:
    """The ends of categories between the two, nearest to Ⅰ first; nothing where one was not computed by comparison."""
    if before.category is None or after.category is None:
        return ()
    if before.annual_need is None or after.annual_need is None:
        return ()
    low, high = sorted((before.category, after.category))
    old, new = _ends(before), _ends(after)
    return tuple(
        Crossing(
            category,
            old[category],
            new[category],
            old[category] * before.annual_need,
            new[category] * after.annual_need,
        )
        for category in Category
        if low <= category < high and category in old and category in new
    )


def _ends(assessment: Assessment) -> dict[Category, Fraction]:
    return {each.category: each.below for each in assessment.pack.boundaries if each.below is not None}


def causes_of(before: Assessment | None, after: Assessment | None, shifts: tuple[Shift, ...]) -> tuple[str, ...]:
    """Short stable words for lists and filters: need, income, boundary, special, missing."""
    if before is None or after is None or not before.complete or not after.complete:
        return ("missing",)
    causes = sorted({shift.side for shift in shifts}, reverse=True)
    if before.reason is not after.reason or (
        (before.special, before.category) != (after.special, after.category)
        and (before.computation is None or after.computation is None)
    ):
        causes.append("special")
    if before.computation is not None and after.computation is not None and _ends(before) != _ends(after):
        causes.append("boundary")
    return tuple(causes) or ("special",)


def place_name(category: Category | None, missing: bool) -> Place:
    """Place of a result."""
    from domain.rules.impact.model import PLACES

    return Place.STOPPED if missing else PLACES[category]
