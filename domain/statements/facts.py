"""Income facts of a 調書: from the answers of 統合宛名, or from a certificate that a person keyed in.

An answer counts only when its 突合 was equal or a person accepted it. A certificate is never overwritten by an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.linkage.models import Inquiry
from domain.linkage.targets import base_date, tax_from_age
from domain.rules.ages import age_on
from domain.statements.cases import counts
from domain.statements.models import MemberFacts, Statement
from domain.statements.reading import (
    Facts,
    FactsRow,
    MemberRow,
    Members,
    TaxInquiryRow,
    facts_of,
    members_of,
    tax_inquiries_of,
)
from domain.statements.states import AT_SCHOOL, MoveRefused
from domain.statements.storing import keep_facts

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
_ABSENCES: Mapping[str, str] = {
    Inquiry.State.NOT_DECLARED: Absence.UNDECLARED,
    Inquiry.State.NOT_FOUND: Absence.NOT_FOUND,
    Inquiry.State.HELD: Absence.REFUSED,
    Inquiry.State.REFUSED: Absence.REFUSED,
    Inquiry.State.FAILED: Absence.REFUSED,
    Inquiry.State.EXPIRED: Absence.REFUSED,
}


@transaction.atomic
def gather(statements: Iterable[Statement], members: Members | None = None) -> Facts:
    """Bring the facts of these 調書 (same year, still at the school) to what the inquiries say today, and return them.

    `members`: those of the households, when the caller has read them already.
    """
    at_school = [statement for statement in statements if statement.state in AT_SCHOOL]
    if not at_school:
        return {}
    if members is None:
        members = members_of({statement.household_id for statement in at_school})
    inquiries = tax_inquiries_of(at_school[0].fiscal_year, [row.pk for group in members.values() for row in group])
    known = facts_of([statement.pk for statement in at_school])
    found: dict[int, dict[int, FactsRow]] = {}
    changed = []
    for statement in at_school:
        kept = known.get(statement.pk, {})
        found[statement.pk] = dict(kept)
        for member in members.get(statement.household_id, ()):
            before = kept.get(member.pk)
            if before is not None and before.source in ENTERED:
                continue
            row = _facts(statement, member, None if _enters_all(statement) else inquiries.get(member.pk))
            if row != before:
                found[statement.pk][member.pk] = row
                changed.append(row)
    keep_facts(changed)
    return found


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


def _facts(statement: Statement, member: MemberRow, inquiry: TaxInquiryRow | None) -> FactsRow:
    source: str
    absence: str
    if not counts(statement, member):
        source, absence = Source.NOT_NEEDED, Absence.NONE
    elif inquiry is None:
        source, absence = _not_asked(member, statement.fiscal_year)
        if source == Source.MISSING and _enters_all(statement):
            absence = Absence.TO_ENTER
    elif inquiry.settlement == Inquiry.Settlement.CERTIFICATE:
        source, absence = Source.MISSING, Absence.NOT_ASKED
    elif inquiry.state == Inquiry.State.ANSWERED:
        return _of_answer(statement, inquiry)
    else:
        source, absence = Source.MISSING, _ABSENCES.get(inquiry.state, Absence.NOT_ASKED)
    return FactsRow(statement.pk, member.pk, source, absence)


def _not_asked(member: MemberRow, fiscal_year: int) -> tuple[str, str]:
    """Nobody asked about this member: a child without income of its own, or a household whose category needs no tax facts."""
    day = base_date(fiscal_year)
    if age_on(member.born, day) < tax_from_age(day):
        return Source.NOT_NEEDED, Absence.NO_INCOME
    return Source.MISSING, Absence.NOT_ASKED


def _of_answer(statement: Statement, inquiry: TaxInquiryRow) -> FactsRow:
    if inquiry.match != Inquiry.Match.MATCHED and inquiry.settlement != Inquiry.Settlement.ACCEPTED:
        return FactsRow(statement.pk, inquiry.member_id, Source.MISSING, Absence.REVIEW)
    answer = inquiry.answer or {}
    given = {column: answer.get(item) for column, item in AMOUNTS.items()}
    amounts: dict[str, Any] = {column: value for column, value in given.items() if isinstance(value, int)}
    return FactsRow(statement.pk, inquiry.member_id, Source.INQUIRY, Absence.NONE, **amounts)
