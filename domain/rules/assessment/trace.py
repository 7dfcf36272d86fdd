"""Steps of an assessment: enough for an auditor to recompute it by hand.

What the steps of all households share (`Frame`) is made once per pack; so is its text, from which the digest is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from domain.rules.assessment.assessing import Assessment, Computation, age_day
from domain.rules.assessment.income import FACT_TITLES, MemberIncome, amounts_of
from domain.rules.assessment.need import MONTHS, Entry, Line, Months, exact_total
from domain.rules.assessment.shaping import Adjustment
from domain.rules.assessment.steps import Frame, Inputs, TraceStep
from domain.rules.cases import HouseholdCase, IncomeFacts, MemberFacts
from domain.rules.exact import fraction_text, part_text, plain
from domain.rules.yearpack.model import Pack
from domain.rules.yearpack.tables import Origin

MOST_REMEMBERED = 1 << 13
"""Steps kept with a pack, about 1 KB each."""
YEARLY, MONTHLY = "円/年", "円/月"


def steps_of(assessment: Assessment) -> tuple[TraceStep, ...]:
    """Steps in the order of the computation."""
    steps: list[TraceStep] = []
    computation = assessment.computation
    if computation is not None:
        steps += _settings(assessment)
        steps += _need_steps(assessment.pack, computation)
        steps += _income_steps(assessment, computation)
        if computation.boundary is not None:
            steps.append(_boundary_step(assessment, computation))
    pack = assessment.pack
    if assessment.special is not None:
        rule = assessment.special
        value = "Ⅰ〜Ⅲ" if rule.category is None else rule.category.label
        given: Inputs = {"action": rule.action.value}
        steps.append(_step(pack, "special", rule.case.label, given, value, "区分", rule.origin, rule.case.value))
    for pupil in assessment.pupils:
        if pupil.rule is not None:
            own, row = pupil.category.label if pupil.category else "", pupil.rule.case.value
            given = {"member": pupil.key}
            steps.append(_step(pack, "pupil", "児童生徒の支弁区分", given, own, "区分", pupil.rule.origin, row))
    return tuple(steps)


def _settings(assessment: Assessment) -> Iterator[TraceStep]:
    """What of the pack holds for the household as a whole: versions, switches, what makes it a 母子(父子)世帯."""
    pack, case = assessment.pack, assessment.case
    found = pack.skeletons.get("settings")
    if not isinstance(found, tuple):
        found = pack.skeletons["settings"] = tuple(_pack_settings(pack))
    yield from found
    if any(member.stated_age is None for member in case.members):
        yield _ages_step(pack, case)
    if assessment.single_parent_by_deduction:
        origin = pack.need.single_parent_by_deduction
        assert origin is not None  # noqa: S101 - asked by the property
        yield _step(pack, "single_parent", "母子(父子)世帯", {}, "ひとり親・寡婦控除による", "判定", origin)


def _ages_step(pack: Pack, case: HouseholdCase) -> TraceStep:
    """The same for every household of the year."""
    step = pack.skeletons.get("ages")
    if not isinstance(step, TraceStep):
        day = age_day(pack, case).isoformat()
        step = _step(pack, "ages", "年齢を数える日", {}, day, "日", pack.ages.origin, pack.ages.on)
        pack.skeletons["ages"] = step
    return step


def _pack_settings(pack: Pack) -> Iterator[TraceStep]:
    need = pack.need
    if pack.as_of is not None:
        yield _step(pack, "as_of", "読む表の版", {}, pack.as_of.on.isoformat(), "日", pack.as_of.origin)
    for switch in (*need.switches, *pack.income.switches):
        title = next((each.title for each in need.components if each.id == switch.name), FACT_TITLES.get(switch.name))
        value = "入" if switch.on else "切"
        yield _step(pack, "switch", title or switch.name, {}, value, "入切", switch.origin, switch.name)
    switched = {switch.name for switch in need.switches}
    off = "、".join(each.title for each in need.components if not each.on and each.id not in switched)
    if off:
        yield _step(pack, "left_out", "算入しない要素", {}, off, "入切", need.origin)


def _need_steps(pack: Pack, computation: Computation) -> Iterator[TraceStep]:
    yield from [_entry_step(pack, entry) for entry in computation.entries]
    rounding = pack.need.monthly_rounding
    inputs: Inputs = {"annual_exact": plain(exact_total(computation.entries)), "months": MONTHS}
    if rounding is not None:
        inputs["rounding"] = f"{rounding.mode.value}/{rounding.unit}"
    monthly = part_text(computation.annual_need, MONTHS)
    yield _step(pack, "need_monthly", "需要額(月額)", inputs, monthly, MONTHLY, pack.need.origin)


def _entry_step(pack: Pack, entry: Entry) -> TraceStep:
    if isinstance(entry, Line):
        return _line_step(pack, entry)
    if isinstance(entry, Months):
        component, cell = entry.component, entry.cell
        title = f"{component.title}の月数"
        return _step(pack, component.id, title, {}, cell.amount, "月", cell.origin, cell.row, cell.table)
    return _adjustment_step(pack, entry)


def _line_step(pack: Pack, line: Line) -> TraceStep:
    """The same for every household with that row, number, times, member's key and age: made once, unless it is about a fact."""
    component, cell, amount, number, times, member, age = line
    table, row = ("", component.fact) if cell is None else (cell.table, cell.row)
    key = (component.id, table, row, number, times, member, age)
    step = None if cell is None else pack.skeletons.get(key)
    if isinstance(step, TraceStep):
        return step
    inputs: Inputs = {"amount": amount, "number": number, "times_a_year": times}
    if member:
        inputs = {"age": age, "amount": amount, "member": member, "number": number, "times_a_year": times}
    frame = pack.skeletons.get(key[:3])
    if not isinstance(frame, Frame):
        frame = pack.skeletons[key[:3]] = _line_frame(pack, line)
    step = TraceStep(frame, inputs, line.annual)
    if cell is not None:
        _remember(pack, key, step)
    return step


def _remember(pack: Pack, key: tuple[object, ...], step: TraceStep) -> None:
    """For the households that follow, as long as there are not too many of them to be kept."""
    if len(pack.skeletons) < MOST_REMEMBERED:
        pack.skeletons[key] = step


def _line_frame(pack: Pack, line: Line) -> Frame:
    """The cell's origin, and the component's own where it has one; the weaker of the two standings."""
    component, cell = line.component, line.cell
    table, row = ("", component.fact) if cell is None else (cell.table, cell.row)
    origins = [each for each in (cell.origin if cell else None, component.origin) if each is not None]
    origin = Frame.joined(origins or [pack.need.origin], component.article)
    return Frame(component.id, component.title, table, row, YEARLY, origin)


def _adjustment_step(pack: Pack, entry: Adjustment) -> TraceStep:
    component, value = entry.component, plain(entry.annual)
    if entry.exclusion is not None:
        inputs: Inputs = {"components": "、".join(entry.exclusion.components)}
        row = f"exclusions/{entry.exclusion.id}"
        title = f"{component.title} (併給不可)"
        return _step(pack, component.id, title, inputs, value, YEARLY, entry.exclusion.origin, row)
    inputs = {} if component.multiplier == 1 else {"multiplier": fraction_text(component.multiplier)}
    table = row = ""
    origin = component.origin or pack.need.origin
    if entry.rate is not None and component.reduction is not None:
        table, row, origin = entry.rate.table, entry.rate.row, entry.rate.origin
        inputs["rate"] = fraction_text(Fraction(entry.rate.amount, component.reduction.parts))
    inputs["result"] = plain(entry.result)
    if component.rounding is not None:
        inputs["rounding"] = f"{component.rounding.mode.value}/{component.rounding.unit}"
    inputs["times_a_year"] = entry.times
    inputs["total"] = entry.total
    return _step(pack, component.id, f"{component.title} (逓減率・端数)", inputs, value, YEARLY, origin, row, table)


def _income_steps(assessment: Assessment, computation: Computation) -> Iterator[TraceStep]:
    pack, income = assessment.pack, computation.income
    rule = pack.income
    facts = {member.key: member for member in assessment.case.members}
    for each in income.members:
        yield _without_income(pack, each) if each.reason else _with_income(pack, each, facts[each.key])
    totals: Inputs = {"A": income.total, "B": income.deductions}
    origin, row = (rule.floor, f"floor/{rule.floor_per.value}") if income.floored else (rule.origin, "")
    yield _step(pack, "income", "収入額", totals, income.amount, YEARLY, origin, row)


def _with_income(pack: Pack, income: MemberIncome, member: MemberFacts) -> TraceStep:
    """With the amounts that are not 0."""
    inputs: Inputs = {"member": income.key}
    if isinstance(member.income, IncomeFacts):
        titles, names = _titled(pack.income.adds, pack.income.deducts)
        for title, amount in zip(titles, amounts_of(member.income, names), strict=True):
            if amount:
                inputs[title] = amount
    return _member_income(pack, inputs, income.added - income.deducted, pack.income.origin)


def _without_income(pack: Pack, income: MemberIncome) -> TraceStep:
    """Why there are no amounts; the same for every household's member of that key."""
    key = ("income_member", income.key, income.reason, income.assumed)
    step = pack.skeletons.get(key)
    if not isinstance(step, TraceStep):
        rule = pack.income
        inputs: Inputs = {"member": income.key, "reason": income.reason.value if income.reason else ""}
        if income.assumed and rule.assumed_none_origin:
            step = _member_income(pack, inputs, 0, rule.assumed_none_origin, "income/assumed_none")
        else:
            step = _member_income(pack, inputs, 0, rule.origin)
        _remember(pack, key, step)
    return step


def _member_income(pack: Pack, inputs: Inputs, value: int, origin: Origin, row: str = "") -> TraceStep:
    return _step(pack, "income_member", "所得と控除", inputs, value, YEARLY, origin, row)


@lru_cache(maxsize=64)
def _titled(adds: tuple[str, ...], deducts: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Titles of these facts in the order of the canonical form, and the facts in the same order."""
    found = sorted((FACT_TITLES[name], name) for name in (*adds, *deducts))
    return tuple(title for title, _ in found), tuple(name for _, name in found)


def _boundary_step(assessment: Assessment, computation: Computation) -> TraceStep:
    boundary = computation.boundary
    assert boundary is not None  # noqa: S101 - the caller asked
    need = computation.annual_need
    inputs: Inputs = {
        "annual_need": str(need.numerator) if need.denominator == 1 else fraction_text(need),
        "below": "" if boundary.below is None else fraction_text(boundary.below),
        "income": computation.income.amount,
    }
    row, label = f"{int(boundary.category)}", boundary.category.label
    return _step(assessment.pack, "category", "支弁区分", inputs, label, "区分", boundary.origin, row)


def _step(
    pack: Pack,
    component: str,
    title: str,
    inputs: Inputs,
    value: str | int,
    unit: str,
    origin: Origin,
    row: str = "",
    table: str = "",
) -> TraceStep:
    key = (component, title, table, row, unit)
    frame = pack.skeletons.get(key)
    if not isinstance(frame, Frame):
        frame = pack.skeletons[key] = Frame(component, title, table, row, unit, origin)
    return TraceStep(frame, inputs, value)
