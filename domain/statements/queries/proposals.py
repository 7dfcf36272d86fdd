"""決定伺い: proposals that wait for a second person, by their document number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import TwoPersonRule
from domain.statements.deciding import APPROVAL
from domain.statements.models import Determination, Statement
from domain.statements.queries.scope import visible_statements
from web.dates import to_wareki


@dataclass(frozen=True, slots=True)
class Proposal:
    """One document. `newest`: id of its last proposal, so that the same number proposed again is another piece of work."""

    document_number: str
    count: int
    first: int
    second: int
    third: int
    effective_from: date
    latest_from: date
    proposed_at: datetime
    newest: int
    usernames: tuple[str, ...]
    names: list[str] = field(default_factory=list)
    stale: str = ""
    """Why nobody may decide it any more."""

    @property
    def without(self) -> int:
        return self.count - self.first - self.second - self.third

    @property
    def title(self) -> str:
        return f"{self.document_number}（{self.count:,}件）"

    @property
    def follows(self) -> str:
        """What a decision brings about."""
        return (
            f"{self.count:,}世帯の支弁区分が {self.days} から確定し、決定通知書を作れるようになります。"
            "決定した調書は差し戻せません。"
        )

    @property
    def days(self) -> str:
        """適用日; a 再判定 or a 仮決定 to be replaced brings a day of its own into a document."""
        first, last = to_wareki(self.effective_from), to_wareki(self.latest_from)
        return first if first == last else f"{first}〜{last}（調書ごとの適用日）"

    def is_by(self, user: User) -> bool:
        return user.username in self.usernames


def waiting(user: User, permission: Permission = Permission.REVIEW_STATEMENT) -> QuerySet[Determination]:
    """Proposals of the working year at the person's schools that nobody has approved yet."""
    proposed = visible_statements(user, permission).filter(state=Statement.State.PROPOSED)
    return Determination.objects.filter(statement__in=proposed, kind=Determination.Kind.FINAL, approved_by=None)


def proposals(user: User) -> list[Proposal]:
    """By document number; who proposed stands in it by name."""
    rows = waiting(user).values("document_number").order_by("document_number")
    documents: list[Any] = list(
        rows.annotate(
            count=Count("pk"),
            first=Count("pk", filter=Q(household_category=1)),
            second=Count("pk", filter=Q(household_category=2)),
            third=Count("pk", filter=Q(household_category=3)),
            latest_from=Max("effective_from"),
            effective_from=Min("effective_from"),
            proposed_at=Min("proposed_at"),
            newest=Max("pk"),
        )
    )
    proposers, stale = _proposers(user), stale_documents(APPROVAL, waiting(user))
    names = dict(User.objects.filter(username__in=_all(proposers.values())).values_list("username", "display_name"))
    return [_proposal(row, proposers[row["document_number"]], names, stale) for row in documents]


def stale_documents(rule: TwoPersonRule, waiting: QuerySet[Determination]) -> dict[str, str]:
    """決裁番号 → why nobody may decide it any more, of those of which that is so. Three queries."""
    parts = waiting.order_by("document_number", "proposed_by").values_list("document_number", "proposed_by")
    schools: dict[tuple[str, str], set[str]] = defaultdict(set)
    for number, first, code in parts.values_list(
        "document_number", "proposed_by", "statement__school__code"
    ).distinct():
        schools[number, first].add(code)
    asked = [(number, first, since) for number, first, since in parts.annotate(since=Min("proposed_at"))]
    words = rule.each_why_stale([(first, since, schools[number, first]) for number, first, since in asked])
    return {number: reason for (number, _, _), reason in zip(asked, words, strict=True) if reason}


def stale_proposals(user: User) -> list[Proposal]:
    """Those that nobody may decide any more: their 調書 come back to the 審査 when they are taken back."""
    return [one for one in proposals(user) if one.stale]


def find_proposal(user: User, document_number: str) -> Proposal | None:
    return next((one for one in proposals(user) if one.document_number == document_number), None)


def _proposers(user: User) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    pairs = waiting(user).values_list("document_number", "proposed_by").distinct().order_by("proposed_by")
    for document_number, username in pairs:
        found[document_number] = (*found.get(document_number, ()), username)
    return found


def _all(groups: Iterable[tuple[str, ...]]) -> set[str]:
    return {name for group in groups for name in group}


def _proposal(
    row: dict[str, Any], usernames: tuple[str, ...], names: dict[str, str], stale: dict[str, str]
) -> Proposal:
    shown = [names.get(username, username) for username in usernames]
    return Proposal(**row, usernames=usernames, names=shown, stale=stale.get(row["document_number"], ""))
