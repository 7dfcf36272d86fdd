"""The list of 調書: what it is narrowed by, its order, its rows and its totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.core.exceptions import FieldError
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.expressions import Combinable

from accounts.models import User
from domain.households.models import Member
from domain.linkage.models import Inquiry
from domain.linkage.settling import UNSETTLED_MATCHES
from domain.rules import Reason
from domain.statements.models import MemberFacts, Statement
from domain.statements.presentation.standing import FIRM
from domain.statements.queries.choosing import late_answers
from domain.statements.queries.last_runs import ratio, with_last_run
from domain.statements.queries.scope import visible_statements, working_year
from domain.statements.states import AT_SCHOOL, BEFORE_COMPUTING
from web.text import fold_name, normalise_digits

BEFORE = "before"
"""The states before the first computation, as one choice of the list."""
WITHOUT_ANSWER = (MemberFacts.Absence.NOT_FOUND, MemberFacts.Absence.UNDECLARED, MemberFacts.Absence.REFUSED)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What the list is narrowed by; blank means everything. Names are those of the address."""

    school: str = ""
    state: str = ""
    category: str = ""
    standing: str = ""
    waiting: str = ""
    words: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, str], words: str) -> Criteria:
        """From the address; the words of a search do not stand there."""
        names = (field.name for field in fields(cls) if field.name != "words")
        return cls(**{name: parameters.get(name, "").strip()[:60] for name in names}, words=words)

    @property
    def used(self) -> list[str]:
        """The kinds of criteria in use; their values never go into the record."""
        return [field.name for field in fields(self) if getattr(self, field.name)]


@dataclass(frozen=True, slots=True)
class Row:
    """One 調書 in the list. 円・年額"""

    pk: int
    number: str
    guardian: str
    kana: str
    school: str
    state: str
    income: int | None
    need_numerator: int | None
    need_denominator: int | None
    category: int | None
    standing: str | None
    reason: str | None
    revises: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Of everything the list is narrowed to, not of one page. `income` in 円."""

    count: int
    first: int
    second: int
    third: int
    income: int | None

    @property
    def without(self) -> int:
        return self.count - self.first - self.second - self.third


CATEGORIES = {
    "1": Q(category=1),
    "2": Q(category=2),
    "3": Q(category=3),
    "none": Q(category=None),
}
_RESULT = Q(run__isnull=False) & ~Q(category_reason=Reason.MISSING.value)
STANDINGS = {"firm": _RESULT & Q(standing__in=FIRM), "open": _RESULT & ~Q(standing__in=FIRM)}
ORDERS: Mapping[str, Combinable] = {
    "number": F("household__number"),
    "kana": F("household__guardian_kana"),
    "school": F("school__code"),
    "state": F("state"),
    "income": F("income"),
    "ratio": ratio(),
    "category": F("category"),
}
_ROW = {
    "pk": "pk",
    "number": "household__number",
    "guardian": "household__guardian_name",
    "kana": "household__guardian_kana",
    "school": "school__name",
    "state": "state",
    "income": "income",
    "need_numerator": "annual_need_numerator",
    "need_denominator": "annual_need_denominator",
    "category": "category",
    "standing": "standing",
    "reason": "category_reason",
    "revises": "revises",
}


def list_statements(user: User, criteria: Criteria) -> QuerySet[Statement, Any]:
    """Narrowed, with the figures of the last computation."""
    found: QuerySet[Statement, Any] = with_last_run(visible_statements(user))
    if criteria.school:
        found = found.filter(school__code=criteria.school)
    if criteria.state in Statement.State.values:
        found = found.filter(state=criteria.state)
    if criteria.state == BEFORE:
        found = found.filter(state__in=BEFORE_COMPUTING)
    if criteria.category in CATEGORIES:
        found = found.filter(CATEGORIES[criteria.category])
    if criteria.standing in STANDINGS:
        found = found.filter(STANDINGS[criteria.standing])
    if criteria.waiting in WAITING:
        found = found.filter(WAITING[criteria.waiting]())
    if criteria.words:
        found = found.filter(_matching(criteria.words))
    return found


def in_order(statements: QuerySet[Statement, Any], sort: str) -> QuerySet[Statement, Any]:
    """Sorted by a key of `ORDERS` ("-" turns it round); what has no value comes last either way."""
    order = ORDERS.get(sort.removeprefix("-"))
    if order is None:
        raise FieldError(sort)
    expression = order.desc(nulls_last=True) if sort.startswith("-") else order.asc(nulls_last=True)  # type: ignore[attr-defined]
    ordered: QuerySet[Statement, Any] = statements.order_by(expression, "household__number")
    return ordered


def rows_of(statements: Iterable[Mapping[str, Any]]) -> list[Row]:
    return [Row(**{name: values[column] for name, column in _ROW.items()}) for values in statements]


def as_values(statements: QuerySet[Statement, Any]) -> QuerySet[Statement, Any]:
    rows: QuerySet[Statement, Any] = statements.values(*_ROW.values())
    return rows


def totals_of(statements: QuerySet[Statement, Any]) -> Totals:
    counted = {name: Count("pk", filter=Q(category=n)) for n, name in ((1, "first"), (2, "second"), (3, "third"))}
    found = statements.aggregate(count=Count("pk"), sum_of_income=Sum("income"), **counted)
    income = found.pop("sum_of_income")
    return Totals(income=None if income is None else int(income), **found)


def _matching(text: str) -> Q:
    """世帯番号 from its beginning, the guardian's name as written, or any member's name or kana from anywhere in it."""
    number, key = normalise_digits(text), fold_name(text)
    found = Q(household__number__istartswith=number) | Q(household__guardian_name__icontains=text)
    if key:
        members = Member.objects.filter(household=OuterRef("household"))
        found |= Q(Exists(members.filter(Q(name_key__contains=key) | Q(kana_key__contains=key))))
    return found


def waiting_for_certificate() -> Q:
    """At the school, and a member's income is known from nowhere: no answer that can be used, no certificate yet."""
    missing = MemberFacts.objects.filter(statement=OuterRef("pk"), source=MemberFacts.Source.MISSING)
    return Q(state__in=AT_SCHOOL) & Q(Exists(missing.filter(absence__in=WITHOUT_ANSWER)))


def waiting_for_match() -> Q:
    """An answer about a member waits for a person to compare it."""
    unsettled = Inquiry.objects.filter(match__in=UNSETTLED_MATCHES, settlement=Inquiry.Settlement.NONE)
    return Q(household__in=unsettled.filter(fiscal_year=working_year()).values("member__household"))


def waiting_for_choice() -> Q:
    """A certificate was entered, and an answer that says something else came later."""
    return Q(state__in=AT_SCHOOL) & Q(Exists(late_answers().filter(statement=OuterRef("pk"))))


WAITING = {"certificate": waiting_for_certificate, "match": waiting_for_match, "choice": waiting_for_choice}
