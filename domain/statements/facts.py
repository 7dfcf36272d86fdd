"""Income facts of a 調書: from the answers of 統合宛名, or from a certificate that a person keyed in.

An answer counts only when its 突合 was equal or a person accepted it. A certificate is never overwritten by an answer: where
both are there, a person may choose (`choosing`), and the facts follow the choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.linkage.ages import tax_from_age
from domain.linkage.models import Inquiry
from domain.linkage.targets import base_date
from domain.rules.ages import age_on
from domain.statements.cases import counts
from domain.statements.choices import Stands, certificate_row, copy_choices, newest_of, note_typed_anew
from domain.statements.models import FactsChoice, MemberFacts, Statement, StatementStep
from domain.statements.reading import (
    AMOUNTS,
    Facts,
    FactsRow,
    MemberRow,
    Members,
    TaxInquiryRow,
    facts_of,
    members_of,
    tax_inquiries_of,
)
from domain.statements.states import AT_SCHOOL, MoveRefused, move_many
from domain.statements.storing import keep_facts

Source, Absence = MemberFacts.Source, MemberFacts.Absence
ENTERED = (Source.CERTIFICATE, Source.DECLARED)
"""Keyed in by a person: no answer overwrites it."""

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
    chosen = newest_of([statement.pk for statement in at_school])
    from_age = tax_from_age(at_school[0].fiscal_year)
    found: dict[int, dict[int, FactsRow]] = {}
    changed = []
    for statement in at_school:
        kept = known.get(statement.pk, {})
        found[statement.pk] = dict(kept)
        for member in members.get(statement.household_id, ()):
            before = kept.get(member.pk)
            if before is not None and before.source in ENTERED:
                continue
            inquiry = None if enters_all(statement) else inquiries.get(member.pk)
            row = _facts(statement, member, inquiry, chosen.get((statement.pk, member.pk)), from_age)
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
    statement = _held(statement)
    if member.household_id != statement.household_id:
        raise ValueError("この構成員は、この調書の世帯の人ではありません。")
    values: dict[str, Any] = {name: amounts.get(name) for name in AMOUNTS}
    source = Source.DECLARED if enters_all(statement) else Source.CERTIFICATE
    note_typed_anew(statement.pk, member.pk, values)
    facts, _ = MemberFacts.objects.update_or_create(
        statement=statement,
        member=member,
        defaults=values | {"source": source, "absence": Absence.NONE, "recorded_by": current_actor().name},
    )
    subjects = (Subject("statement", str(statement.pk)), Subject("member", str(member.pk)))
    record(Event.STATEMENT_RECORD_SAVED, subjects=subjects, detail={"source": str(source)})
    return facts


@transaction.atomic
def remove_certificate(statement: Statement, member: Member) -> None:
    """Take back what was keyed in for a member: what the inquiries say counts again. The history keeps what stood there.

    Raises MoveRefused once the 調書 has left the school; nothing to take back is left alone.
    """
    statement = _held(statement)
    row = MemberFacts.objects.filter(statement=statement, member=member, source__in=ENTERED).first()
    if row is None:
        return
    total = "" if row.total_income is None else f"（総所得金額 {row.total_income:,}円）"
    why = f"{member.name}さんの{row.get_source_display()}の値を取り消した{total}"
    row.delete()
    gather([statement])
    by = current_actor().name
    if statement.state != Statement.State.COMPUTED or not move_many(
        [statement.pk], Statement.State.READY, by=by, reason=why
    ):
        StatementStep.objects.create(
            statement=statement, from_state=statement.state, to_state=statement.state, reason=why, by=by
        )
    subjects = (Subject("statement", str(statement.pk)), Subject("member", str(member.pk)))
    record(Event.STATEMENT_RECORD_SAVED, subjects=subjects, detail={"source": str(row.source), "removed": True})


def _held(statement: Statement) -> Statement:
    """Locked. Raises MoveRefused once the 調書 has left the school."""
    held = Statement.objects.select_for_update().get(pk=statement.pk)
    if held.state not in AT_SCHOOL:
        raise MoveRefused(held, Statement.State.READY)
    return held


def copy_certificates(origin: Statement, target: Statement) -> None:
    """Take along what was keyed in from certificates, and what was chosen beside it; the facts of `origin` stay as they are."""
    rows = list(MemberFacts.objects.filter(statement=origin, source=Source.CERTIFICATE))
    for row in rows:
        row.pk, row.statement = None, target
    MemberFacts.objects.bulk_create(rows)
    copy_choices(origin.pk, target.pk)


def enters_all(statement: Statement) -> bool:
    """A 再判定 on another basis than 前年確定: what was asked about last year does not answer it."""
    return statement.income_basis not in ("", Statement.IncomeBasis.CONFIRMED)


def _facts(
    statement: Statement, member: MemberRow, inquiry: TaxInquiryRow | None, choice: FactsChoice | None, from_age: int
) -> FactsRow:
    """`from_age`: full years on the base date from which anybody was asked (`tax_from_age`)."""
    source: str
    absence: str
    if not counts(statement, member):
        source, absence = Source.NOT_NEEDED, Absence.NONE
    elif choice is not None and inquiry is not None and choice.stands == Stands.ANSWER and stands_up(inquiry):
        return answer_row(statement.pk, inquiry)
    elif choice is not None and choice.stands == Stands.ANSWER and choice.certificate is not None:
        # The chosen answer is gone: nobody is paid less for it.
        return certificate_row(statement.pk, member.pk, choice.certificate)
    elif inquiry is None:
        source, absence = _not_asked(member, statement.fiscal_year, from_age)
        if source == Source.MISSING and enters_all(statement):
            absence = Absence.TO_ENTER
    elif inquiry.settlement == Inquiry.Settlement.CERTIFICATE:
        source, absence = Source.MISSING, Absence.NOT_ASKED
    elif inquiry.state == Inquiry.State.ANSWERED:
        return _of_answer(statement, inquiry)
    else:
        source, absence = Source.MISSING, _ABSENCES.get(inquiry.state, Absence.NOT_ASKED)
    return FactsRow(statement.pk, member.pk, source, absence)


def _not_asked(member: MemberRow, fiscal_year: int, from_age: int) -> tuple[str, str]:
    """Nobody asked about this member: a child without income of its own, or a household whose category needs no tax facts."""
    if age_on(member.born, base_date(fiscal_year)) < from_age:
        return Source.NOT_NEEDED, Absence.NO_INCOME
    return Source.MISSING, Absence.NOT_ASKED


def _of_answer(statement: Statement, inquiry: TaxInquiryRow) -> FactsRow:
    if inquiry.match != Inquiry.Match.MATCHED and inquiry.settlement != Inquiry.Settlement.ACCEPTED:
        return FactsRow(statement.pk, inquiry.member_id, Source.MISSING, Absence.REVIEW)
    return answer_row(statement.pk, inquiry)


def stands_up(inquiry: TaxInquiryRow | Inquiry) -> bool:
    """Whether an answer can be chosen: it is the person's own, by comparison or by a person, or doubted beside a certificate."""
    if inquiry.state != Inquiry.State.ANSWERED or inquiry.settlement == Inquiry.Settlement.REJECTED:
        return False
    beside = inquiry.settlement == Inquiry.Settlement.CERTIFICATE and inquiry.match == Inquiry.Match.REVIEW
    return inquiry.match == Inquiry.Match.MATCHED or inquiry.settlement == Inquiry.Settlement.ACCEPTED or beside


def answer_row(statement: int, inquiry: TaxInquiryRow | Inquiry) -> FactsRow:
    """The facts that an answer gives."""
    answer = inquiry.answer or {}
    given = {column: answer.get(item) for column, item in AMOUNTS.items()}
    amounts: dict[str, Any] = {column: value for column, value in given.items() if isinstance(value, int)}
    return FactsRow(statement, inquiry.member_id, Source.INQUIRY, Absence.NONE, **amounts)
