"""収入額・需要額調書: the household with its *household* category and the way to it. Kept at school and board for audit.

It passes between offices, so of a household under 支援措置 it prints no address either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Max, Prefetch

from audit.trail.recorder import Subject
from domain.households.models import Household, Member, Pupil
from domain.reports.gathering.figures import deductions_of, figures_of, income_of
from domain.reports.gathering.steps import steps_of
from domain.reports.targets import Gathered, Target
from domain.reports.wording import HIDDEN_ADDRESS, category_of, doubt
from domain.statements.models import Computation, MemberFacts, Statement
from domain.statements.presentation import households, standing
from domain.statements.presentation.figures import ratio_text
from typesetting.data import Statement as Sheet
from typesetting.data import StatementMember
from web.dates import fiscal_year_label, to_wareki


def select(target: Target) -> list[int]:
    """調書 that were computed, by 世帯番号."""
    rows = _computed(target).order_by("household__number")
    return list(rows.values_list("pk", flat=True).distinct())


def versions(target: Target) -> list[tuple[Any, ...]]:
    rows = _computed(target).annotate(
        run=Max("computations__sequence"), known=Max("facts__updated_at"), people=Max("household__members__updated_at")
    )
    return list(rows.order_by("pk").values_list("pk", "run", "known", "people", "household__updated_at"))


def gather(target: Target, ids: Sequence[int]) -> Gathered:
    enrolments = Pupil.objects.select_related("school").order_by("enrolled_on")
    members = Member.objects.order_by("key").prefetch_related(Prefetch("enrolments", enrolments))
    rows = Statement.objects.filter(pk__in=ids).select_related("household")
    statements = {row.pk: row for row in rows.prefetch_related(Prefetch("household__members", members))}
    runs = {run.statement_id: run for run in _last_runs(ids)}
    facts: dict[int, dict[int, MemberFacts]] = defaultdict(dict)
    for row in MemberFacts.objects.filter(statement__in=ids):
        facts[row.statement_id][row.member_id] = row
    gathered = Gathered()
    for pk in ids:
        gathered.documents.append({**_sheet(target, statements[pk], runs[pk], facts[pk])})
        gathered.subjects.append(Subject("statement", str(pk)))
        gathered.sample |= bool(runs[pk].receipt["pack"]["sample"])
    return gathered


def _last_runs(ids: Sequence[int]) -> Iterable[Computation]:
    runs = Computation.objects.filter(statement__in=ids, provisional=False)
    return runs.order_by("statement_id", "-sequence").distinct("statement_id")


def _computed(target: Target) -> Any:
    rows = Statement.objects.filter(fiscal_year=target.fiscal_year, school=target.school)
    return rows.filter(computations__provisional=False)


def _sheet(target: Target, statement: Statement, run: Computation, facts: Mapping[int, MemberFacts]) -> Sheet:
    home = statement.household
    members = list(home.members.all())
    names = {member.key: member.name for member in members}
    steps, sources = steps_of(run.receipt, names)
    need, parts = run.annual_need_numerator, run.annual_need_denominator
    return {
        "number": f"{target.fiscal_year}-{home.number}",
        "fiscal_year": fiscal_year_label(target.fiscal_year),
        "school": target.school.name,
        "guardian": home.guardian_name,
        "address": _address(home),
        "legal_day": to_wareki(households.legal_day(target.fiscal_year)),
        "winter_zone": f"{home.winter_zone}区",
        "living_cost_grade": home.living_cost_grade,
        "members": [_member(member, facts.get(member.pk), target) for member in members],
        "figures": figures_of(run),
        "ratio": f"D ÷ 年額の需要額 ＝ {ratio_text(run.income, need, parts)}",
        "household_category": category_of(run.category),
        "standing": standing.word(run.standing),
        "rule_pack": run.receipt["pack"]["title"],
        "steps": steps,
        "notes": [*filter(None, [doubt([run.standing])]), *_missing(run), *sources],
    }


def _address(home: Household) -> str:
    if home.address_hidden:
        return HIDDEN_ADDRESS
    earlier = f"　（前年末: {home.year_end_address}）" if home.year_end_address else ""
    return f"{home.address}{earlier}"


def _member(member: Member, facts: MemberFacts | None, target: Target) -> StatementMember:
    schools = [pupil.school.name for pupil in member.enrolments.all() if pupil.left_on is None]
    return {
        "name": member.name,
        "kana": member.kana,
        "relation": member.relation,
        "born_on": to_wareki(member.born),
        "age": households.age(member.born, target.fiscal_year),
        "school": "、".join(schools) or member.school_name,
        "income": income_of(facts),
        "deductions": deductions_of(facts),
        "source": _source(facts),
    }


def _source(facts: MemberFacts | None) -> str:
    if facts is None:
        return "未照会"
    return facts.get_absence_display() if facts.source == MemberFacts.Source.MISSING else facts.get_source_display()


def _missing(run: Computation) -> list[str]:
    return [f"不足: {missing['message']}" for missing in run.missing]
