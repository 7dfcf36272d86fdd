"""One 調書 as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.rules import Reason
from domain.statements.cases import WITH_AMOUNTS, counts
from domain.statements.facts import ENTERED, enters_all
from domain.statements.forms import column_title
from domain.statements.models import Computation, MemberFacts, Statement, StatementStep
from domain.statements.presentation import figures, households, missing, receipts, standing, states
from domain.statements.queries.detail import Person, Sheet
from domain.statements.reading import AMOUNTS
from domain.statements.redetermining import DECIDED
from domain.statements.states import AT_SCHOOL
from web.formatting import NOTHING

Source, State = MemberFacts.Source, Statement.State
NOT_COUNTED = "算定に数えない（世帯員を数える日に世帯にいない）"


def shown_sheet(sheet: Sheet) -> dict[str, Any]:
    statement = sheet.statement
    names = {person.member.key: _name(person) for person in sheet.people}
    lacks = _lacks(sheet)
    unknown = {lack.member for lack in lacks}
    return {
        "statement": statement,
        "state": Statement.State(statement.state),
        "tone": states.tone(statement.state),
        "household": households.facts(statement.household),
        "legal_day": households.legal_day(statement.fiscal_year),
        "people": [_person(person, sheet, person.member.pk in unknown) for person in sheet.people],
        "result": _result(sheet.run),
        "lacks": lacks,
        "parts": receipts.parts(sheet.run.receipt, names) if sheet.run else [],
        "columns": [column_title(column) for column in AMOUNTS],
        "to_compare": any(person.to_compare for person in sheet.people),
        "run": sheet.run,
        "stale": _is_stale(sheet),
        "decided": statement.state in DECIDED,
        "returned": _returned(sheet),
        "steps": [(step, states.tone(step.to_state)) for step in sheet.steps],
        "determinations": sheet.determinations,
        "relatives": [(one, states.tone(one.state)) for one in sheet.relatives],
    }


def _returned(sheet: Sheet) -> StatementStep | None:
    """The 差戻し that the school still works on: until it is forwarded again."""
    if sheet.statement.state not in AT_SCHOOL:
        return None
    moved = (step for step in reversed(sheet.steps) if step.to_state in (State.RETURNED, State.FORWARDED))
    last = next(moved, None)
    return last if last is not None and last.to_state == State.RETURNED else None


def _is_stale(sheet: Sheet) -> bool:
    """Something the computation rests on was settled or put right after it, and nothing waits to be compared."""
    run, statement = sheet.run, sheet.statement
    if run is None or statement.state not in AT_SCHOOL or any(person.to_compare for person in sheet.people):
        return False
    settled = [inquiry.settled_at for person in sheet.people for inquiry in person.inquiries if inquiry.settled_at]
    return statement.state == Statement.State.READY or any(moment > run.created_at for moment in settled)


def _name(person: Person) -> str:
    member = person.member
    return f"{member.name}（{member.relation}）" if member.relation else member.name


def _person(person: Person, sheet: Sheet, unknown: bool) -> dict[str, Any]:
    member, facts = person.member, person.facts
    return {
        "member": member,
        "age": households.age(member.born, sheet.statement.fiscal_year),
        "schools": [pupil.school.name for pupil in person.enrolments if pupil.left_on is None] or [member.school_name],
        "number": "登録済" if person.has_number else "未登録",
        "registration": person.registration.get_state_display() if person.registration else "未登録",
        "to_compare": person.to_compare,
        "may_choose": person.may_choose and not enters_all(sheet.statement),
        "to_choose": person.to_choose,
        "facts": facts,
        "amounts": [getattr(facts, column) for column in AMOUNTS] if _has_amounts(facts) else [],
        "origin": _origin(facts, needed=unknown or sheet.run is None)
        if counts(sheet.statement, member)
        else NOT_COUNTED,
        "unknown": unknown,
        "counts": counts(sheet.statement, member),
    }


def _has_amounts(facts: MemberFacts | None) -> bool:
    return facts is not None and facts.source in WITH_AMOUNTS


def _origin(facts: MemberFacts | None, *, needed: bool) -> str:
    """Where the amounts came from, or why there are none. `needed`: the computation asks for them."""
    if facts is None:
        return "未照会"
    if facts.absence == MemberFacts.Absence.NOT_ASKED and not needed:
        return "未照会（この区分では不要）"
    if facts.source == Source.MISSING:
        return facts.get_absence_display()
    if facts.source in ENTERED:
        return f"{facts.get_source_display()}（{facts.recorded_by}）"
    return "情報照会" if facts.source == Source.INQUIRY else "不要（年齢の下限未満など）"


def _result(run: Computation | None) -> dict[str, Any]:
    if run is None:
        return {}
    need, parts = run.annual_need_numerator, run.annual_need_denominator
    figure = run.income is not None
    return {
        "income": f"{run.income:,}円" if figure else NOTHING,
        "need": f"{figures.need_text(need, parts)}円" if figure else NOTHING,
        "ratio": f"{figures.ratio_text(run.income, need, parts)}倍" if figure else NOTHING,
        "category": run.category,
        "reason": Reason(run.category_reason).label,
        "standing": "" if run.missing else standing.word(run.standing),
        "open_names": standing.open_names(run.receipt["steps"]),
        "pack": run.receipt["pack"]["title"],
        "sample": run.receipt["pack"]["sample"],
        "computed_at": run.created_at,
    }


def _lacks(sheet: Sheet) -> list[missing.Lack]:
    if sheet.run is None:
        return []
    members: Mapping[str, tuple[int, str]] = {p.member.key: (p.member.pk, _name(p)) for p in sheet.people}
    absences = {p.member.pk: p.facts.absence for p in sheet.people if p.facts}
    return missing.lacks(sheet.run.missing, members, absences)
