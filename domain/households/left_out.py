"""What rosters name and the import could not take (取り込めていない世帯), until a later roster brings it or somebody says no.

A row that is wrong (誤り) leaves its household out just as one on hold (保留) does. Refused files are no part of it: nothing
of them was taken, and the import itself says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from domain.households.importing.findings import ABOUT_REGISTERED, HOUSEHOLD_INCOMPLETE, SAME_PERSON_TWICE
from domain.households.models import Household, RosterImport, RosterProblem

Severity = RosterProblem.Severity
OPEN = Q(severity__in=(Severity.PARKED, Severity.ERROR), settled_at=None)
"""Rows that were left out and still wait for somebody, those held only for another row of their household included."""
FOLLOWS = Q(code=HOUSEHOLD_INCOMPLETE)
WAITING = Count(
    Case(
        When(code__in=ABOUT_REGISTERED, then=Concat(Cast("roster_id", CharField()), Value(" "), "household_number")),
        default=Cast("pk", CharField()),
    ),
    distinct=True,
    filter=OPEN & ~FOLLOWS,
)
"""Rows that wait for somebody; those about one registered household are one."""
_NAMED = ~Q(household_number="")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`parked`, `wrong`: rows that wait for somebody, as the list of imports counts them.

    `households` of them, each once: `of_error` has a wrong row, `unregistered` are not known from elsewhere either.
    `nameless`: rows of which no household of the roster can be told (one person written twice stands beside its household's other rows).
    """

    parked: int = 0
    wrong: int = 0
    households: int = 0
    of_error: int = 0
    unregistered: int = 0
    nameless: int = 0

    def __bool__(self) -> bool:
        return bool(self.households or self.nameless)

    @property
    def number(self) -> tuple[int, str]:
        """How many, of what: households, or rows where no household can be told."""
        return (self.households, "世帯") if self.households else (self.nameless, "行")

    @property
    def why(self) -> str:
        """誤り 1世帯、保留 2世帯、世帯の分からない行 1行."""
        parts = (
            ("誤り", self.of_error, "世帯"),
            ("保留", self.households - self.of_error, "世帯"),
            ("世帯の分からない行", self.nameless, "行"),
        )
        return "、".join(f"{word} {number:,}{unit}" for word, number, unit in parts if number)

    @property
    def rows(self) -> str:
        """保留1行・誤り2行."""
        counted = (("保留", self.parked), ("誤り", self.wrong))
        return "・".join(f"{word}{number:,}行" for word, number in counted if number)


def nothing_taken(prefix: str = "") -> Q:
    """Imports of which nothing was taken, so that nothing was left out: refused, or only ever looked at."""
    refused = Q(**{f"{prefix}state": RosterImport.State.REFUSED})
    return refused | Q(**{f"{prefix}state": RosterImport.State.LOOKED, f"{prefix}taken_counts__isnull": True})


def left_out(fiscal_year: int, codes: Sequence[str] | None) -> LeftOut:
    """Of the rosters of a year at these schools (None: all); one query."""
    rows = RosterProblem.objects.filter(OPEN, roster__fiscal_year=fiscal_year)
    rows = rows.exclude(nothing_taken("roster__"))
    if codes is not None:
        rows = rows.filter(roster__school__code__in=codes)
    wrong = Q(severity=Severity.ERROR)
    known = Exists(Household.objects.filter(number=OuterRef("household_number")))
    found = rows.aggregate(
        waiting=WAITING,
        wrong=Count("pk", filter=wrong),
        households=Count("household_number", filter=_NAMED, distinct=True),
        of_error=Count("household_number", filter=_NAMED & wrong, distinct=True),
        unregistered=Count("household_number", filter=Q(_NAMED, ~known), distinct=True),
        nameless=Count("pk", filter=~_NAMED & ~Q(code=SAME_PERSON_TWICE)),
    )
    return LeftOut(parked=found.pop("waiting") - found["wrong"], **found)


def numbers_left_out(roster: RosterImport) -> QuerySet[RosterProblem, str]:
    """世帯番号 that this import left out and nobody has settled, in order."""
    found = roster.problems.filter(OPEN, _NAMED).order_by("household_number")
    return found.values_list("household_number", flat=True).distinct()
