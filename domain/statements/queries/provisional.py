"""調書 whose facts are late, and the proposals of a 仮決定 that wait for a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.permissions import Permission
from domain.statements.models import Determination, Statement
from domain.statements.provisional import APPROVAL, LATE, UNDECIDED, approved
from domain.statements.queries.proposals import stale_documents
from domain.statements.queries.scope import visible_statements

Kind = Determination.Kind


@dataclass(frozen=True, slots=True)
class Document:
    """One 決裁番号 of 仮決定 that wait. `newest`: its last proposal, so that the same number again is other work."""

    document_number: str
    count: int
    first: int
    second: int
    third: int
    effective_from: date
    newest: int
    usernames: tuple[str, ...]
    names: tuple[str, ...]
    stale: str
    """Why nobody may decide it any more."""

    @property
    def without(self) -> int:
        return self.count - self.first - self.second - self.third


def late(user: User, school: str = "") -> QuerySet[Statement]:
    """By school and 世帯番号: late, and without a 仮決定. `proposed` says whether one waits for its decision."""
    proposed = Determination.objects.filter(statement=OuterRef("pk"), kind=Kind.PROVISIONAL, approved_by=None)
    found = (
        visible_statements(user, Permission.REVIEW_STATEMENT)
        .filter(state__in=LATE)
        .exclude(pk__in=approved().values("statement"))
        .annotate(proposed=Exists(proposed))
        .select_related("household", "school")
        .order_by("school__code", "household__number", "pk")
    )
    return found.filter(school__code=school) if school else found


def waiting(user: User) -> QuerySet[Determination]:
    """Proposals at the person's schools that nobody has decided."""
    open_ = visible_statements(user, Permission.REVIEW_STATEMENT).filter(state__in=UNDECIDED)
    return Determination.objects.filter(statement__in=open_, kind=Kind.PROVISIONAL, approved_by=None)


def documents(user: User) -> list[Document]:
    """By 決裁番号. Six queries."""
    counts = {
        name: Count("pk", filter=Q(household_category=n)) for n, name in ((1, "first"), (2, "second"), (3, "third"))
    }
    rows: list[Any] = list(
        waiting(user)
        .values("document_number")
        .order_by("document_number")
        .annotate(count=Count("pk"), newest=Max("pk"), since=Min("effective_from"), **counts)
    )
    pairs = list(waiting(user).values_list("document_number", "proposed_by").distinct().order_by("proposed_by"))
    people = User.objects.filter(username__in={username for _, username in pairs})
    names = dict(people.values_list("username", "display_name"))
    stale = stale_documents(APPROVAL, waiting(user))
    found = []
    for row in rows:
        by = tuple(username for number, username in pairs if number == row["document_number"])
        day = row.pop("since")
        shown = tuple(names.get(username, username) for username in by)
        reason = stale.get(row["document_number"], "")
        found.append(Document(**row, effective_from=day, usernames=by, names=shown, stale=reason))
    return found
