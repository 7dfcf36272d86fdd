"""Reads of the link: how far it is, what waits for a person, what was wrong with a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from accounts.models import User
from accounts.permissions import Permission
from domain.households.models import Member
from domain.households.queries import visible_households
from domain.linkage.matching.comparing import SWAPPED
from domain.linkage.models import AdapterConfiguration, Batch, Inquiry, Registration
from domain.linkage.settling import UNSETTLED_MATCHES, WITHOUT_FACTS
from domain.linkage.waiting import left_behind, overdue_batches
from web.text import normalise_digits

_LONGEST_SEQUENCE = 10  # digits; PostgreSQL's integer has as many

_UNSETTLED = Q(settlement=Inquiry.Settlement.NONE)
_DOUBTED = Q(state=Inquiry.State.ANSWERED, match__in=UNSETTLED_MATCHES)

REASONS: Mapping[str, tuple[str, Q]] = {
    "all": ("すべて", _UNSETTLED & (_DOUBTED | Q(state__in=WITHOUT_FACTS))),
    "compare": ("突合の確認", _UNSETTLED & _DOUBTED),
    "swap": ("取り違えの疑い", _UNSETTLED & _DOUBTED & Q(match_detail__reason__startswith=SWAPPED)),
    "review": ("要確認", _UNSETTLED & Q(state=Inquiry.State.ANSWERED, match=Inquiry.Match.REVIEW)),
    "mismatch": ("不一致", _UNSETTLED & Q(state=Inquiry.State.ANSWERED, match=Inquiry.Match.MISMATCH)),
    "undeclared": ("未申告", _UNSETTLED & Q(state=Inquiry.State.NOT_DECLARED)),
    "absent": (
        "該当なし・拒否",
        _UNSETTLED & Q(state__in=[Inquiry.State.NOT_FOUND, Inquiry.State.REFUSED, Inquiry.State.EXPIRED]),
    ),
    "held": ("保留", _UNSETTLED & Q(state=Inquiry.State.HELD)),
    "failed": ("エラー", _UNSETTLED & Q(state=Inquiry.State.FAILED)),
    "settled": ("処理済み", ~_UNSETTLED),
}
"""What the list of lines to look at can be narrowed to: word and condition."""


_NOTHING = (0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class ItemProgress:
    """How far one 照会項目 of a year is, in lines."""

    item: Inquiry.Kind
    unapproved: int
    waiting: int
    sent: int
    answered: int
    without_facts: int
    to_review: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of the link for one year. `version` None: nothing is in force."""

    version: int | None
    registrations: Mapping[str, int]
    items: list[ItemProgress] = field(default_factory=list)
    open_batches: int = 0
    troubled: int = 0
    overdue: int = 0

    @property
    def to_register(self) -> int:
        """番号確認済: 付番 was not asked for yet."""
        return self.registrations.get(Registration.State.VERIFIED, 0)

    @property
    def requested(self) -> int:
        """付番依頼中: the answer is awaited."""
        return self.registrations.get(Registration.State.REQUESTED, 0)

    @property
    def to_ask(self) -> int:
        return sum(item.waiting + item.sent for item in self.items)

    @property
    def to_approve(self) -> int:
        return sum(item.unapproved for item in self.items)

    @property
    def to_review(self) -> int:
        return sum(item.to_review + item.without_facts for item in self.items)


def overview(fiscal_year: int) -> Overview:
    """Counts only; seven queries whatever the size."""
    states = Registration.objects.order_by().values_list("state").annotate(people=Count("pk"))
    return Overview(
        version=version_in_force(),
        registrations=dict(states),
        items=_items(fiscal_year),
        open_batches=Batch.objects.filter(state__in=[Batch.State.PREPARED, Batch.State.SENT]).count(),
        troubled=troubled_batches().count(),
        overdue=overdue_batches().count(),
    )


def version_in_force() -> int | None:
    """The version of the configuration in force; None when there is none."""
    return AdapterConfiguration.objects.filter(retired_at=None).values_list("version", flat=True).first()


def _items(fiscal_year: int) -> list[ItemProgress]:
    rows = (
        Inquiry.objects.filter(fiscal_year=fiscal_year)
        .order_by()
        .values_list("kind")
        .annotate(
            unapproved=Count("pk", filter=Q(state=Inquiry.State.WAITING, approved_list=None)),
            waiting=Count("pk", filter=Q(state=Inquiry.State.WAITING, approved_list__isnull=False)),
            sent=Count("pk", filter=Q(state=Inquiry.State.SENT)),
            answered=Count("pk", filter=Q(state=Inquiry.State.ANSWERED)),
            without_facts=Count("pk", filter=_UNSETTLED & Q(state__in=WITHOUT_FACTS)),
            to_review=Count("pk", filter=_UNSETTLED & _DOUBTED),
        )
    )
    found = {kind: figures for kind, *figures in rows}
    return [ItemProgress(kind, *found.get(kind, _NOTHING)) for kind in Inquiry.Kind]


def troubled_batches() -> QuerySet[Batch]:
    """Batches that cannot go on, are overdue or with an earlier vendor, or whose delivery held something that people should know."""
    return Batch.objects.filter(~Q(problem="", findings=[]) | Q(pk__in=overdue_batches()) | Q(pk__in=left_behind()))


def batch_numbered(text: str) -> Batch | None:
    """The batch of a 通番 as somebody typed it; None for what is none."""
    digits = normalise_digits(text).strip()
    known = digits.isascii() and digits.isdecimal() and len(digits) < _LONGEST_SEQUENCE
    return Batch.objects.defer("receipt").filter(sequence=int(digits)).first() if known else None


def visible_inquiries(user: User, fiscal_year: int) -> QuerySet[Inquiry]:
    """Inquiries about households whose answers this person may judge."""
    households = visible_households(user, Permission.REVIEW_MATCH)
    return Inquiry.objects.filter(fiscal_year=fiscal_year, member__household__in=households)


def reviews(user: User, fiscal_year: int, reason: str, household: int | None = None) -> QuerySet[Inquiry]:
    """Lines to look at, those of one household together; of one household only where it is given."""
    found = _of_household(visible_inquiries(user, fiscal_year), household).filter(REASONS[reason][1])
    return found.select_related("member__household").order_by("member__household__number", "member__key", "kind")


def count_reviews(user: User, fiscal_year: int, household: int | None = None) -> dict[str, int]:
    """How many lines each narrowing has, in one query."""
    counts = {name: Count("pk", filter=condition) for name, (_, condition) in REASONS.items()}
    return _of_household(visible_inquiries(user, fiscal_year), household).aggregate(**counts)


def _of_household(found: QuerySet[Inquiry], household: int | None) -> QuerySet[Inquiry]:
    return found if household is None else found.filter(member__household=household)


def find_inquiry(user: User, fiscal_year: int, inquiry_id: int) -> Inquiry:
    """Raises Http404 for one that does not exist or is not the person's to judge."""
    found = visible_inquiries(user, fiscal_year).select_related("member__household").filter(pk=inquiry_id).first()
    if found is None:
        raise Http404
    return found


def next_review(user: User, inquiry: Inquiry) -> Inquiry | None:
    """The next line to look at after this one, from the start again after the last."""
    left = reviews(user, inquiry.fiscal_year, "all").exclude(pk=inquiry.pk)
    number, key = inquiry.member.household.number, inquiry.member.key
    after = (
        Q(member__household__number__gt=number)
        | Q(member__household__number=number, member__key__gt=key)
        | Q(member__household__number=number, member__key=key, kind__gt=inquiry.kind)
    )
    return left.filter(after).first() or left.first()


def seen_elsewhere(user: User, inquiry: Inquiry) -> str:
    """Whom of another household the answer names too, in words; the household's number only to who may see it."""
    other = inquiry.match_detail.get("same_as")
    if not other:
        return ""
    mine = visible_households(user, Permission.REVIEW_MATCH)
    known = Member.objects.filter(pk=other, household__in=mine).values_list("household__number", "key").first()
    where = f"世帯 {known[0]} 構成員 {known[1]}" if known else "あなたの担当ではない世帯"
    return f"回答は、{where}の人とも氏名・生年月日が同じです。二人の個人番号を確かめてください。"
