"""審査 by exception: which forwarded 調書 a person should look at, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Abs, Coalesce

from accounts.models import User
from accounts.permissions import Permission
from domain.linkage.models import Inquiry
from domain.linkage.settling import UNSETTLED_MATCHES
from domain.statements.models import Determination, Statement
from domain.statements.presentation.standing import FIRM
from domain.statements.queries.last_runs import with_last_run
from domain.statements.queries.scope import visible_statements

MOVED_BY = Fraction(3, 10)
"""所得が大きく動いた: by this part of last year's 収入額 or more. A working line of the review, not of the law."""
NO_CATEGORY = 0
"""Stands for "no category" (完全辞退) when two years are compared: null would compare with nothing."""


class Tab(StrEnum):
    """Reasons to look, and none."""

    CHANGED = "changed"
    MOVED = "moved"
    RESIDENT = "resident"
    OPEN = "open"
    CLEAR = "clear"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Tab.CHANGED: "区分が変わった",
    Tab.MOVED: "所得が大きく動いた",
    Tab.RESIDENT: "世帯が住民票と違う",
    Tab.OPEN: "規則が未確認",
    Tab.CLEAR: "異常なし",
}
REASONS = (Tab.CHANGED, Tab.MOVED, Tab.RESIDENT, Tab.OPEN)
_CHANGED = Q(known_before=True) & ~Q(category_now=F("category_before"))
_MOVED = Q(known_before=True, income__isnull=False, income_before__isnull=False) & Q(
    gap__gte=F("income_before") * MOVED_BY.numerator, gap__gt=0
)
_CONDITIONS = {
    Tab.CHANGED: _CHANGED,
    Tab.MOVED: _MOVED,
    Tab.RESIDENT: Q(differs=True),
    Tab.OPEN: ~Q(standing__in=FIRM),
}
_CONDITIONS[Tab.CLEAR] = ~(_CHANGED | _MOVED | Q(differs=True) | ~Q(standing__in=FIRM))


@dataclass(frozen=True, slots=True)
class Row:
    """One 調書 under review, last year beside this year. 円・年額"""

    pk: int
    number: str
    guardian: str
    school: str
    category: int | None
    category_before: int | None
    income: int | None
    income_before: int | None
    known_before: bool
    reasons: tuple[Tab, ...]

    @property
    def difference(self) -> int | None:
        if self.income is None or self.income_before is None:
            return None
        return self.income - self.income_before


def under_review(user: User) -> QuerySet[Statement, Any]:
    """Forwarded and not yet proposed, with what the reasons are judged by."""
    forwarded = visible_statements(user, Permission.REVIEW_STATEMENT).filter(state=Statement.State.FORWARDED)
    annotated = with_last_run(forwarded).annotate(
        category_now=Coalesce("category", NO_CATEGORY),
        known_before=Coalesce(_before(Value(True, output_field=BooleanField())), False),
        category_before=Coalesce(_before(F("household_category")), NO_CATEGORY),
        income_before=_before(F("computation__income")),
        differs=_differs_from_residents(),
    )
    judged: QuerySet[Statement, Any] = annotated.annotate(
        gap=Abs(F("income") - F("income_before")) * MOVED_BY.denominator
    )
    return judged


def of_tab(statements: QuerySet[Statement, Any], tab: Tab) -> QuerySet[Statement, Any]:
    return statements.filter(_CONDITIONS[tab])


def counts(statements: QuerySet[Statement, Any]) -> dict[Tab, int]:
    """How many are under each tab; one 調書 may be under several reasons."""
    counted = {f"in_{tab.value}": Count("pk", filter=condition) for tab, condition in _CONDITIONS.items()}
    found = statements.aggregate(**counted)
    return {tab: found[f"in_{tab.value}"] for tab in Tab}


def as_values(statements: QuerySet[Statement, Any]) -> QuerySet[Statement, Any]:
    """With a column for each reason, in the order of the schools."""
    judged = statements.annotate(**{f"is_{tab.value}": _truth(_CONDITIONS[tab]) for tab in REASONS})
    flags = [f"is_{tab.value}" for tab in REASONS]
    rows: QuerySet[Statement, Any] = judged.order_by("school__code", "household__number").values(*_ROW.values(), *flags)
    return rows


def rows_of(values: Iterable[Mapping[str, Any]]) -> list[Row]:
    return [_row(value) for value in values]


_ROW = {
    "pk": "pk",
    "number": "household__number",
    "guardian": "household__guardian_name",
    "school": "school__name",
    "category": "category",
    "category_before": "category_before",
    "income": "income",
    "income_before": "income_before",
    "known_before": "known_before",
}


def _row(value: Mapping[str, Any]) -> Row:
    given = {name: value[column] for name, column in _ROW.items()}
    given["category_before"] = given["category_before"] or None
    return Row(**given, reasons=tuple(tab for tab in REASONS if value[f"is_{tab.value}"]))


def _truth(condition: Q) -> Any:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _before(expression: Any) -> Subquery:
    """Of the household's last approved determination of the year before."""
    rows = Determination.objects.filter(
        statement__household=OuterRef("household"),
        statement__fiscal_year=OuterRef("fiscal_year") - 1,
        approved_by__isnull=False,
    )
    return Subquery(rows.order_by("-effective_from").values(found=expression)[:1])


def _differs_from_residents() -> Exists:
    """住民票 answers that did not match, but for those a person has accepted."""
    rows = Inquiry.objects.filter(
        member__household=OuterRef("household"),
        fiscal_year=OuterRef("fiscal_year"),
        kind=Inquiry.Kind.RESIDENT,
        match__in=UNSETTLED_MATCHES,
    )
    return Exists(rows.exclude(settlement=Inquiry.Settlement.ACCEPTED))
