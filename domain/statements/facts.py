"""Income facts of a 調書: from the answers of 統合宛名, or from a certificate that a person keyed in.

An answer counts only when its 突合 was equal or a person accepted it. A certificate is never overwritten by an answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.linkage.models import Inquiry
from domain.linkage.targets import TAX_FROM_AGE, base_date
from domain.rules.ages import age_on
from domain.statements.models import MemberFacts, Statement
from domain.statements.states import AT_SCHOOL, MoveRefused

Source, Absence = MemberFacts.Source, MemberFacts.Absence
ENTERED = (Source.CERTIFICATE, Source.DECLARED)
"""Keyed in by a person: no answer overwrites it."""

# Column of ours → item of the answer.
AMOUNTS = {
    "total_income": "total_income",
    "retirement_income": "retirement_income",
    "forestry_income": "forest_income",
    "social_insurance": "social_insurance",
    "life_insurance": "life_insurance",
    "earthquake_insurance": "earthquake_insurance",
}
_ABSENCES = {
    Inquiry.State.NOT_DECLARED: Absence.UNDECLARED,
    Inquiry.State.NOT_FOUND: Absence.NOT_FOUND,
    Inquiry.State.HELD: Absence.REFUSED,
    Inquiry.State.REFUSED: Absence.REFUSED,
    Inquiry.State.FAILED: Absence.REFUSED,
    Inquiry.State.EXPIRED: Absence.REFUSED,
}
_UPDATED = ["source", "absence", *AMOUNTS, "recorded_by"]


@transaction.atomic
def gather(statements: Iterable[Statement]) -> None:
    """Bring the facts of these 調書 (same year, still at the school) to what the inquiries say today."""
    at_school = [statement for statement in statements if statement.state in AT_SCHOOL]
    if not at_school:
        return
    members = _members(at_school)
    inquiries = _tax_inquiries(at_school[0].fiscal_year, [m.pk for group in members.values() for m in group])
    certified = set(
        MemberFacts.objects.filter(statement__in=at_school, source__in=ENTERED).values_list("statement_id", "member_id")
    )
    rows = [
        _facts(statement, member, None if _enters_all(statement) else inquiries.get(member.pk))
        for statement in at_school
        for member in members[statement.household_id]
        if (statement.pk, member.pk) not in certified
    ]
    MemberFacts.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["statement", "member"],
        update_fields=[*_UPDATED, "updated_at"],
        batch_size=2000,
    )


@transaction.atomic
def record_certificate(statement: Statement, member: Member, amounts: Mapping[str, int | None]) -> MemberFacts:
    """Facts that a person keyed in, 年額・円: from an income certificate (所得証明書), or for a 再判定 on this year's income
    from what the guardian declares. Raises MoveRefused once the 調書 has left the school.
    """
    statement = Statement.objects.select_for_update().get(pk=statement.pk)
    if statement.state not in AT_SCHOOL:
        raise MoveRefused(statement, Statement.State.READY)
    if member.household_id != statement.household_id:
        raise ValueError("この構成員は、この調書の世帯の人ではありません。")
    values: dict[str, Any] = {name: amounts.get(name) for name in AMOUNTS}
    source = Source.DECLARED if _enters_all(statement) else Source.CERTIFICATE
    facts, _ = MemberFacts.objects.update_or_create(
        statement=statement,
        member=member,
        defaults=values | {"source": source, "absence": Absence.NONE, "recorded_by": current_actor().name},
    )
    subjects = (Subject("statement", str(statement.pk)), Subject("member", str(member.pk)))
    record(Event.STATEMENT_RECORD_SAVED, subjects=subjects, detail={"source": str(source)})
    return facts


def copy_certificates(origin: Statement, target: Statement) -> None:
    """Take along what was keyed in from certificates; the facts of `origin` stay as they are."""
    rows = list(MemberFacts.objects.filter(statement=origin, source=Source.CERTIFICATE))
    for row in rows:
        row.pk, row.statement = None, target
    MemberFacts.objects.bulk_create(rows)


def _enters_all(statement: Statement) -> bool:
    """A 再判定 on another basis than 前年確定: what was asked about last year does not answer it."""
    return statement.income_basis not in ("", Statement.IncomeBasis.CONFIRMED)


def _members(statements: Iterable[Statement]) -> dict[int, list[Member]]:
    households = {statement.household_id for statement in statements}
    members: dict[int, list[Member]] = defaultdict(list)
    for member in Member.objects.filter(household__in=households).order_by("household_id", "key"):
        members[member.household_id].append(member)
    return members


def _tax_inquiries(fiscal_year: int, members: list[int]) -> dict[int, Inquiry]:
    rows = Inquiry.objects.filter(fiscal_year=fiscal_year, kind=Inquiry.Kind.TAX, member__in=members)
    return {inquiry.member_id: inquiry for inquiry in rows}


def _facts(statement: Statement, member: Member, inquiry: Inquiry | None) -> MemberFacts:
    facts = MemberFacts(statement=statement, member=member)
    if inquiry is None:
        facts.source, facts.absence = _not_asked(member, statement.fiscal_year)
        if facts.source == Source.MISSING and _enters_all(statement):
            facts.absence = Absence.TO_ENTER
    elif inquiry.settlement == Inquiry.Settlement.CERTIFICATE:
        facts.source, facts.absence = Source.MISSING, Absence.NOT_ASKED
    elif inquiry.state == Inquiry.State.ANSWERED:
        _take_answer(facts, inquiry)
    else:
        facts.source, facts.absence = Source.MISSING, _ABSENCES.get(Inquiry.State(inquiry.state), Absence.NOT_ASKED)
    return facts


def _not_asked(member: Member, fiscal_year: int) -> tuple[str, str]:
    """Nobody asked about this member: a child without income of its own, or a household whose category needs no tax facts."""
    if age_on(member.born, base_date(fiscal_year)) < TAX_FROM_AGE:
        return Source.NOT_NEEDED, Absence.NO_INCOME
    return Source.MISSING, Absence.NOT_ASKED


def _take_answer(facts: MemberFacts, inquiry: Inquiry) -> None:
    trusted = inquiry.match == Inquiry.Match.MATCHED or inquiry.settlement == Inquiry.Settlement.ACCEPTED
    if not trusted:
        facts.source, facts.absence = Source.MISSING, Absence.REVIEW
        return
    answer = inquiry.answer or {}
    facts.source, facts.absence = Source.INQUIRY, Absence.NONE
    for column, item in AMOUNTS.items():
        value = answer.get(item)
        setattr(facts, column, value if isinstance(value, int) else None)
