"""審査 by exception: which forwarded 調書 a person should look at, and why.

The reasons are judged here and not in SQL: last year, this year and the answers about residents are read once each, so that
the cost grows with the number of 調書 and with nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.permissions import Permission
from domain.linkage.models import Inquiry
from domain.linkage.settling import UNSETTLED_MATCHES
from domain.statements.models import Determination, Statement
from domain.statements.presentation.standing import FIRM
from domain.statements.queries import seen
from domain.statements.queries.last_runs import with_last_run
from domain.statements.queries.scope import visible_statements, working_year
from domain.statements.queries.seen import Changed

MOVED_BY = Fraction(3, 10)
"""所得が大きく動いた: by this part of last year's 収入額 or more. A working line of the review, not of the law."""


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

_COLUMNS: tuple[str, ...] = (
    "pk",
    "run",
    "household_id",
    "household__number",
    "household__guardian_name",
    "school__name",
    "category",
    "income",
    "standing",
)


@dataclass(frozen=True, slots=True)
class Before:
    """What was decided last year. 円・年額; category None: 完全辞退 and the like."""

    category: int | None
    income: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """One 調書 under review, last year beside this year; `run`: the computation it stands on. 円・年額"""

    pk: int
    run: int | None
    number: str
    guardian: str
    school: str
    category: int | None
    income: int | None
    standing: str
    before: Before | None
    differs: bool

    @property
    def shown(self) -> tuple[int, int | None]:
        """What an act on it is bound to."""
        return self.pk, self.run

    @property
    def income_before(self) -> int | None:
        return None if self.before is None else self.before.income

    @property
    def difference(self) -> int | None:
        if self.income is None or self.income_before is None:
            return None
        return self.income - self.income_before

    @property
    def moved(self) -> bool:
        if not self.difference or self.income_before is None:
            return False
        return abs(self.difference) * MOVED_BY.denominator >= self.income_before * MOVED_BY.numerator

    @property
    def reasons(self) -> tuple[Tab, ...]:
        """Every tab it stands under; 異常なし alone when there is no reason."""
        found = {
            Tab.CHANGED: self.before is not None and self.before.category != self.category,
            Tab.MOVED: self.moved,
            Tab.RESIDENT: self.differs,
            Tab.OPEN: self.standing not in FIRM,
        }
        return tuple(tab for tab, holds in found.items() if holds) or (Tab.CLEAR,)


def under_review(user: User) -> list[Case]:
    """Forwarded and not yet proposed, in the order of the schools. Three queries."""
    forwarded = visible_statements(user, Permission.REVIEW_STATEMENT).filter(state=Statement.State.FORWARDED)
    judged: QuerySet[Statement, Any] = with_last_run(forwarded, ("category", "income", "standing"))
    rows = judged.order_by("school__code", "household__number").values_list(*_COLUMNS)
    before, differing = _before(), _differing_households()
    return [
        Case(
            pk, run, number, guardian, school, category, income, standing, before.get(household), household in differing
        )
        for pk, run, household, number, guardian, school, category, income, standing in rows
    ]


def changed_since(user: User, at: datetime) -> list[Changed]:
    """Which forwarded 調書 are others, or not what they were, since a page was made."""
    visible = visible_statements(user, Permission.REVIEW_STATEMENT)
    return seen.changed_since(visible, at, Statement.State.FORWARDED)


def of_tab(cases: Sequence[Case], tab: Tab) -> list[Case]:
    return [case for case in cases if tab in case.reasons]


def counts(cases: Sequence[Case]) -> dict[Tab, int]:
    """How many are under each tab; one 調書 may be under several reasons."""
    found = dict.fromkeys(Tab, 0)
    for case in cases:
        for tab in case.reasons:
            found[tab] += 1
    return found


def _before() -> dict[int, Before]:
    """Household → its last approved determination of the year before."""
    rows = Determination.objects.filter(statement__fiscal_year=working_year() - 1, kind=Determination.Kind.FINAL)
    rows = rows.exclude(approved_by=None)
    found = rows.order_by("effective_from").values_list(
        "statement__household_id", "household_category", "computation__income"
    )
    return {household: Before(category, income) for household, category, income in found}


def _differing_households() -> set[int]:
    """With 住民票 answers that did not match, but for those a person has accepted."""
    rows = Inquiry.objects.filter(
        fiscal_year=working_year(), kind=Inquiry.Kind.RESIDENT, match__in=UNSETTLED_MATCHES
    ).exclude(settlement=Inquiry.Settlement.ACCEPTED)
    return set(rows.values_list("member__household_id", flat=True))
