"""Steps and receipts of an assessment: enough for an auditor to recompute it by hand.

What the steps of all households share (`Frame`) is made once per pack; so is its text, from which the digest is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from domain.rules.assessing import Assessment, Computation, age_day
from domain.rules.canonical import canonical_text, digest_of_text
from domain.rules.cases import HouseholdCase, IncomeFacts, MemberFacts
from domain.rules.category import category_number
from domain.rules.errors import Missing
from domain.rules.exact import fraction_text, part_text, plain
from domain.rules.income import FACT_TITLES, MemberIncome
from domain.rules.need import MONTHS, Entry, Line, Months, exact_total
from domain.rules.packmodel import Pack
from domain.rules.shaping import Adjustment
from domain.rules.steps import Frame, Inputs, TraceStep, text_of
from domain.rules.tables import Origin
from domain.rules.wire import case_to_json

FORMAT = "kubun-receipt/1"
ENGINE = "2"
"""Version of the arithmetic; raised when equal input and pack may give another result."""
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
    for entry in computation.entries:
        yield _entry_step(pack, entry)
    rounding = pack.need.monthly_rounding
    inputs: Inputs = {"annual_exact": plain(exact_total(computation.entries)), "months": MONTHS}
    if rounding is not None:
        inputs["rounding"] = f"{rounding.mode.value}/{rounding.unit}"
    monthly = part_text(computation.annual_need, MONTHS)
    yield _step(pack, "need_monthly", "需要額(月額)", inputs, monthly, MONTHLY, pack.need.origin)


def _entry_step(pack: Pack, entry: Entry) -> TraceStep:
    if isinstance(entry, Line):
        return _member_step(pack, entry) if entry.member else _household_step(pack, entry)
    if isinstance(entry, Months):
        component, cell = entry.component, entry.cell
        title = f"{component.title}の月数"
        return _step(pack, component.id, title, {}, cell.amount, "月", cell.origin, cell.row, cell.table)
    return _adjustment_step(pack, entry)


def _household_step(pack: Pack, line: Line) -> TraceStep:
    """The same for every household with that row, number and times: made once."""
    cell = line.cell
    assert cell is not None  # noqa: S101 - only members have facts
    key = (line.component.id, cell.table, cell.row, line.number, line.times)
    step = pack.skeletons.get(key)
    if not isinstance(step, TraceStep):
        inputs: Inputs = {"amount": line.amount, "number": line.number, "times_a_year": line.times}
        step = pack.skeletons[key] = TraceStep(_line_frame(pack, line), inputs, line.annual)
    return step


def _member_step(pack: Pack, line: Line) -> TraceStep:
    """Names of the inputs stand in the order of the canonical form; the text is put together without a search for it."""
    cell, amount, times = line.cell, line.amount, line.times
    key = (line.component.id, "", "") if cell is None else (line.component.id, cell.table, cell.row)
    frame = pack.skeletons.get(key)
    if not isinstance(frame, Frame):
        frame = pack.skeletons[key] = _line_frame(pack, line)
    annual = amount * times
    inputs: Inputs = {
        "age": line.age,
        "amount": amount,
        "member": line.member,
        "number": 1,
        "times_a_year": times,
    }
    text = (
        f'{frame.head}"age":{line.age},"amount":{amount},"member":{text_of(line.member)},"number":1,'
        f'"times_a_year":{times}{frame.tail}{annual}}}'
    )
    return TraceStep(frame, inputs, annual, text)


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
    titles = sorted((FACT_TITLES[name], name) for name in (*rule.adds, *rule.deducts))
    for each in income.members:
        origin = rule.assumed_none_origin if each.assumed and rule.assumed_none_origin else rule.origin
        inputs = _income_inputs(facts[each.key], each, titles)
        row = "income/assumed_none" if each.assumed else ""
        yield _step(pack, "income_member", "所得と控除", inputs, each.added - each.deducted, YEARLY, origin, row)
    totals: Inputs = {"A": income.total, "B": income.deductions}
    origin, row = (rule.floor, f"floor/{rule.floor_per.value}") if income.floored else (rule.origin, "")
    yield _step(pack, "income", "収入額", totals, income.amount, YEARLY, origin, row)


def _income_inputs(member: MemberFacts, income: MemberIncome, titles: list[tuple[str, str]]) -> Inputs:
    """Amounts that are not 0, or why there are none."""
    inputs: Inputs = {"member": member.key}
    if isinstance(member.income, IncomeFacts):
        for title, name in titles:
            amount = getattr(member.income, name)
            if amount:
                inputs[title] = amount
    elif income.reason is not None:
        inputs["reason"] = income.reason.value
    return inputs


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


def missing_json(missing: tuple[Missing, ...]) -> list[dict[str, str]]:
    """Plain list for receipts and the command line."""
    return [{"kind": each.kind, "name": each.name, "message": each.message} for each in missing]


def pack_json(pack: Pack) -> dict[str, object]:
    """What identifies the pack a receipt was made with."""
    return {
        "name": pack.name,
        "title": pack.title,
        "overlays": list(pack.overlays),
        "digest": pack.digest,
        "sample": pack.sample,
    }


def result_json(assessment: Assessment) -> dict[str, object]:
    """The result part of the receipt."""
    need = assessment.annual_need
    return {
        "income": assessment.income,
        "annual_need": None if need is None else {"numerator": need.numerator, "denominator": need.denominator},
        "category": category_number(assessment.category),
        "reason": assessment.reason.value,
        "pupils": [
            {"key": pupil.key, "category": category_number(pupil.category), "reason": pupil.reason.value}
            for pupil in assessment.pupils
        ],
        "standing": assessment.standing.value,
        "missing": missing_json(assessment.missing),
    }


def assessment_receipt(assessment: Assessment) -> dict[str, object]:
    """The receipt with its digest: sha256 of the canonical JSON of everything else, put together from ready pieces."""
    pack = assessment.pack
    identity = pack.skeletons.get("pack")
    if not isinstance(identity, str):
        identity = pack.skeletons["pack"] = canonical_text(pack_json(pack))
    case, result, steps = case_to_json(assessment.case), result_json(assessment), steps_of(assessment)
    text = (
        f'{{"case":{canonical_text(case)},"engine":"{ENGINE}","format":"{FORMAT}","kind":"assessment",'
        f'"pack":{identity},"result":{canonical_text(result)},"steps":[{",".join([step.text() for step in steps])}]}}'
    )
    return {
        "format": FORMAT,
        "engine": ENGINE,
        "kind": "assessment",
        "pack": pack_json(pack),
        "case": case,
        "result": result,
        "steps": [step.to_json() for step in steps],
        "digest": digest_of_text(text),
    }
