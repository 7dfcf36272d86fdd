"""Everything one 調書's page shows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, QuerySet

from domain.households.models import Member, Pupil
from domain.linkage.models import Inquiry, Registration
from domain.linkage.settling import UNSETTLED_MATCHES
from domain.statements.choices import newest_of
from domain.statements.models import Computation, Determination, MemberFacts, Statement, StatementStep
from domain.statements.queries.choosing import late_answers
from domain.vault.services import numbers_held


@dataclass(frozen=True, slots=True)
class Person:
    """A member with what is known about them this year."""

    member: Member
    enrolments: list[Pupil]
    facts: MemberFacts | None
    registration: Registration | None
    has_number: bool
    inquiries: list[Inquiry] = field(default_factory=list)
    was_chosen: bool = False
    """Somebody chose between a certificate and an answer."""
    to_choose: bool = False
    """An answer that says something else came after the certificate."""

    @property
    def may_choose(self) -> bool:
        """A certificate was entered, or was to stand in, and there is an answer."""
        tax = [one for one in self.inquiries if one.kind == Inquiry.Kind.TAX and one.state == Inquiry.State.ANSWERED]
        entered = self.facts is not None and self.facts.source == MemberFacts.Source.CERTIFICATE
        instead = any(one.settlement == Inquiry.Settlement.CERTIFICATE for one in tax)
        return bool(tax) and (entered or instead or self.was_chosen)

    @property
    def to_compare(self) -> list[Inquiry]:
        """Answers that wait for a person to compare them."""
        return [
            inquiry
            for inquiry in self.inquiries
            if inquiry.match in UNSETTLED_MATCHES and inquiry.settlement == Inquiry.Settlement.NONE
        ]


@dataclass(frozen=True, slots=True)
class Sheet:
    """調書 with its people, last computation, history and determinations."""

    statement: Statement
    people: list[Person]
    run: Computation | None
    steps: list[StatementStep]
    determinations: list[Determination]
    """Those of the household's year: its own and those of the 調書 it revises or that revise it."""
    relatives: list[Statement]
    """The other 調書 of the household's year."""

    @property
    def is_decided(self) -> bool:
        """Whether two people decided on this very 調書, for good or provisionally."""
        return any(row.approved_by and row.statement_id == self.statement.pk for row in self.determinations)


def sheet_of(statement: Statement) -> Sheet:
    return Sheet(
        statement,
        people_of(statement),
        statement.computations.filter(provisional=False).order_by("-sequence").first(),
        list(statement.steps.all()),
        list(Determination.objects.filter(root=statement.root_id).order_by("-effective_from", "kind", "pk")),
        list(_of_the_year(statement)),
    )


def _of_the_year(statement: Statement) -> QuerySet[Statement]:
    same = Q(pk=statement.root_id) | Q(revises=statement.root_id)
    return Statement.objects.filter(same).exclude(pk=statement.pk).order_by("pk")


def people_of(statement: Statement) -> list[Person]:
    enrolments = Pupil.objects.select_related("school").order_by("enrolled_on")
    members = list(
        Member.objects.filter(household=statement.household_id)
        .select_related("registration")
        .prefetch_related(Prefetch("enrolments", enrolments))
        .order_by("key")
    )
    facts = {row.member_id: row for row in statement.facts.all()}
    inquiries = _inquiries(statement, members)
    numbers = numbers_held([member.pk for member in members])
    chosen = {member for _, member in newest_of([statement.pk])}
    to_choose = set(late_answers().filter(statement=statement).values_list("member_id", flat=True))
    return [
        Person(
            member,
            list(member.enrolments.all()),
            facts.get(member.pk),
            getattr(member, "registration", None),
            member.pk in numbers,
            inquiries.get(member.pk, []),
            member.pk in chosen,
            member.pk in to_choose,
        )
        for member in members
    ]


def _inquiries(statement: Statement, members: Iterable[Member]) -> dict[int, list[Inquiry]]:
    found: dict[int, list[Inquiry]] = {}
    rows = Inquiry.objects.filter(fiscal_year=statement.fiscal_year, member__in=list(members)).defer("answer")
    for inquiry in rows.order_by("kind"):
        found.setdefault(inquiry.member_id, []).append(inquiry)
    return found
