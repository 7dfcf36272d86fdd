"""Steps and receipts of an assessment: enough for an auditor to recompute it by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from domain.rules.assessing import Assessment, Computation
from domain.rules.cases import IncomeFacts, MemberFacts
from domain.rules.category import category_number
from domain.rules.errors import Missing
from domain.rules.income import FACT_TITLES, MemberIncome
from domain.rules.need import MONTHS, Line
from domain.rules.packmodel import Pack
from domain.rules.standing import Standing
from domain.rules.tables import Origin
from domain.rules.wire import case_to_json

FORMAT = "kubun-receipt/1"


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step: `value` in `unit`, from table row `row` and `inputs`."""

    component: str
    title: str
    table: str
    row: str
    inputs: dict[str, str | int]
    value: str | int
    unit: str
    source: str
    standing: Standing
    article: str

    def to_json(self) -> dict[str, object]:
        """Plain mapping for the receipt."""
        return {
            "component": self.component,
            "title": self.title,
            "table": self.table,
            "row": self.row,
            "inputs": self.inputs,
            "value": self.value,
            "unit": self.unit,
            "source": self.source,
            "standing": self.standing.value,
            "article": self.article,
        }


def steps_of(assessment: Assessment) -> tuple[TraceStep, ...]:
    """Steps in the order of the computation."""
    steps: list[TraceStep] = []
    computation = assessment.computation
    if computation is not None:
        steps += _need_steps(assessment.pack, computation)
        steps += _income_steps(assessment, computation)
        if computation.boundary is not None:
            steps.append(_boundary_step(assessment, computation))
    if assessment.special is not None:
        rule = assessment.special
        value = "Ⅰ〜Ⅲ" if rule.category is None else rule.category.label
        given: dict[str, str | int] = {"action": rule.action.value}
        steps.append(_step("special", rule.case.label, given, value, "区分", rule.origin, row=rule.case.value))
    for pupil in assessment.pupils:
        if pupil.rule is not None:
            own = pupil.category.label if pupil.category else ""
            title = "児童生徒の支弁区分"
            row = pupil.rule.case.value
            steps.append(_step("pupil", title, {"member": pupil.key}, own, "区分", pupil.rule.origin, row=row))
    return tuple(steps)


def _need_steps(pack: Pack, computation: Computation) -> Iterator[TraceStep]:
    for line in computation.lines:
        yield _line_step(line)
    rounding = pack.need.monthly_rounding
    inputs: dict[str, str | int] = {"annual_exact": sum(line.annual for line in computation.lines), "months": MONTHS}
    if rounding is not None:
        inputs["rounding"] = f"{rounding.mode.value}/{rounding.unit}"
    monthly = computation.annual_need / MONTHS
    yield _step("need_monthly", "需要額(月額)", inputs, fraction_text(monthly), "円/月", pack.need.origin)


def _line_step(line: Line) -> TraceStep:
    component, cell = line.component, line.cell
    inputs: dict[str, str | int] = {
        "amount": cell.amount,
        "number": line.number,
        "times_a_year": component.times_a_year,
    }
    if line.member:
        inputs["member"], inputs["age"] = line.member, line.age
    origin = cell.origin
    article = origin.article or component.article
    return TraceStep(
        component.id,
        component.title,
        cell.table,
        cell.row,
        inputs,
        line.annual,
        "円/年",
        origin.source,
        origin.standing,
        article,
    )


def _income_steps(assessment: Assessment, computation: Computation) -> Iterator[TraceStep]:
    rule, income = assessment.pack.income, computation.income
    facts = {member.key: member for member in assessment.case.members}
    for each in income.members:
        origin = rule.assumed_none_origin if each.assumed and rule.assumed_none_origin else rule.origin
        inputs = _income_inputs(facts[each.key], each, (*rule.adds, *rule.deducts))
        yield _step("income_member", "所得と控除", inputs, each.added - each.deducted, "円/年", origin)
    totals: dict[str, str | int] = {"A": income.total, "B": income.deductions}
    origin = rule.floor if income.floored else rule.origin
    yield _step("income", "収入額", totals, income.amount, "円/年", origin)


def _income_inputs(member: MemberFacts, income: MemberIncome, names: tuple[str, ...]) -> dict[str, str | int]:
    inputs: dict[str, str | int] = {"member": member.key}
    if isinstance(member.income, IncomeFacts):
        for name in names:
            inputs[FACT_TITLES[name]] = getattr(member.income, name)
    elif income.reason is not None:
        inputs["reason"] = income.reason.value
    return inputs


def _boundary_step(assessment: Assessment, computation: Computation) -> TraceStep:
    boundary = computation.boundary
    assert boundary is not None  # noqa: S101 - the caller asked
    below = "" if boundary.below is None else fraction_text(boundary.below)
    inputs: dict[str, str | int] = {
        "income": computation.income.amount,
        "annual_need": fraction_text(computation.annual_need),
        "below": below,
    }
    row = f"{int(boundary.category)}"
    return _step("category", "支弁区分", inputs, boundary.category.label, "区分", boundary.origin, row=row)


def _step(
    component: str,
    title: str,
    inputs: dict[str, str | int],
    value: str | int,
    unit: str,
    origin: Origin,
    row: str = "",
) -> TraceStep:
    return TraceStep(component, title, "", row, inputs, value, unit, origin.source, origin.standing, origin.article)


def fraction_text(value: Fraction) -> str:
    """`"145798"` or `"1508495/6"`."""
    return str(value)


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
    """The receipt without its digest."""
    return {
        "format": FORMAT,
        "kind": "assessment",
        "pack": pack_json(assessment.pack),
        "case": case_to_json(assessment.case),
        "result": result_json(assessment),
        "steps": [step.to_json() for step in steps_of(assessment)],
    }
