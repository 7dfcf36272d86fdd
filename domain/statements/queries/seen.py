"""What a page showed of several 調書, and whether an act that comes from it is still about the same.

A page sends back a digest of what it showed and the moment it was made; which 調書 changed since is found by their history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from domain.statements.models import Computation, Statement, StatementStep

MOST_SHOWN = 50
_CATEGORIES = {None: "", 1: " Ⅰ", 2: " Ⅱ", 3: " Ⅲ"}


@dataclass(frozen=True, slots=True)
class Changed:
    """One 調書 that is not what it was: state and category in words, when the page was made and now."""

    pk: int
    number: str
    guardian: str
    before: str
    now: str


def digest_of(rows: Iterable[tuple[Any, ...]]) -> str:
    """Of what is shown: 調書 and the computation each stands on."""
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()[:32]


def stamp(rows: Iterable[tuple[Any, ...]]) -> dict[str, str]:
    """What the form of a page sends back."""
    return {"seen": digest_of(rows), "seen_at": timezone.now().isoformat()}


def moment(sent: str) -> datetime:
    """When the page was made; now, where that cannot be read."""
    try:
        found = datetime.fromisoformat(sent)
    except ValueError:
        return timezone.now()
    return found if timezone.is_aware(found) else timezone.now()


def changed_since(statements: QuerySet[Statement], at: datetime, state: str) -> list[Changed]:
    """Those that were in `state` then or are now, and were moved or computed since; the first `MOST_SHOWN` of them. Five queries."""
    touched = statements.filter(
        Q(pk__in=StatementStep.objects.filter(at__gt=at).values("statement"))
        | Q(pk__in=Computation.objects.filter(created_at__gt=at, provisional=False).values("statement"))
    )
    rows = list(touched.select_related("household").order_by("household__number", "pk"))
    then, was = _states(rows, at), _categories(rows, at)
    now = _categories(rows, None)
    found = [
        Changed(
            row.pk,
            row.household.number,
            row.household.guardian_name,
            _words(then.get(row.pk, Statement.State.INTAKE), was.get(row.pk)),
            _words(row.state, now.get(row.pk)),
        )
        for row in rows
        if state in (row.state, then.get(row.pk))
    ]
    return [each for each in found if each.before != each.now][:MOST_SHOWN]


def _states(rows: Iterable[Statement], at: datetime) -> Mapping[int, str]:
    steps = StatementStep.objects.filter(statement__in=[row.pk for row in rows], at__lte=at)
    return dict(steps.order_by("at", "id").values_list("statement", "to_state"))


def _categories(rows: Iterable[Statement], at: datetime | None) -> Mapping[int, int | None]:
    runs = Computation.objects.filter(statement__in=[row.pk for row in rows], provisional=False)
    until = runs if at is None else runs.filter(created_at__lte=at)
    return dict(until.order_by("sequence").values_list("statement", "category"))


def _words(state: str, category: int | None) -> str:
    return f"{Statement.State(state).label}{_CATEGORIES[category]}"
