"""Who is to be registered and asked, as rows: the frozen list that a person looks at before anything is sent.

(A prefecture once sent 18,305 notices from a wrong extraction at the board: atena.md 5.3.)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.trail.parts import record_parts
from audit.trail.recorder import Subject
from audit.trail.vocabulary import Event
from domain.households.models import Household, Member, Pupil, StatusPeriod, shares_livelihood
from domain.linkage import bulk
from domain.linkage.ages import tax_from_age
from domain.linkage.items import gate_on
from domain.linkage.models import Inquiry
from domain.linkage.targets import HouseholdFacts, MemberFacts, NotNeeded, base_date, items_for, no_tax

NO_LONGER_NEEDED = "照会が不要になったため、再照会を取りやめました。"


@dataclass(frozen=True, slots=True)
class Spared:
    """A question that is not asked about a member."""

    member: int
    kind: Inquiry.Kind
    reason: NotNeeded


@dataclass(frozen=True, slots=True)
class InquiryPlan:
    """`waiting`: lines to ask, by item; `spared`: those that are not asked, one a person and item."""

    waiting: Mapping[str, int]
    spared: Sequence[Spared]
    withdrawn: int

    @property
    def not_needed(self) -> Mapping[str, int]:
        """How many are not asked, by reason."""
        return Counter(line.reason.value for line in self.spared)


def plan_inquiries(fiscal_year: int) -> InquiryPlan:
    """Freeze who is asked what for a year; nothing is sent. Rows not yet sent follow the facts, sent ones stay.

    Households without a pupil in the year and items that are not needed are left out, and taken out if they waited.
    """
    targets = targets_of(fiscal_year)
    wanted = {(row["member_id"], row["kind"]) for row in targets.asked}
    with transaction.atomic():
        bulk.insert_inquiries(targets.asked)
        waiting = list(
            Inquiry.objects.filter(fiscal_year=fiscal_year, state=Inquiry.State.WAITING, batch=None).values_list(
                "pk", "member_id", "kind"
            )
        )
        needless = [pk for pk, member, kind in waiting if (member, kind) not in wanted]
        _withdraw(needless)
    counts = Counter(kind for _, member, kind in waiting if (member, kind) in wanted)
    return InquiryPlan(dict(counts), targets.spared, len(needless))


def stale_of(lines: QuerySet[Inquiry], fiscal_year: int) -> set[int]:
    """Of these lines of a year, those that are not needed as the facts are now, or not as of this day and address.

    An approval says who is asked what, not that the question stays needed. Item and consent are no matter of need: `items`.
    """
    columns = ("pk", "member_id", "kind", "base_date", "base_address")
    found = list(lines.values_list(*columns))
    if not found:
        return set()
    needs = (need for need in _needs(fiscal_year, {line[1] for line in found}) if isinstance(need, dict))
    needed = {tuple(need[name] for name in ("member_id", "kind", "base_date", "base_address")) for need in needs}
    return {pk for pk, member, kind, day, address in found if (member, kind, day.isoformat(), address) not in needed}


def follow_needs(lines: QuerySet[Inquiry], fiscal_year: int) -> int:
    """Bring what waits of these approved lines in line with the facts: what is not needed any more is withdrawn, what is to be
    asked as of another address waits for a new approval. How many lines. In the caller's transaction.
    """
    waiting = lines.filter(fiscal_year=fiscal_year, state=Inquiry.State.WAITING, batch=None).exclude(approved_list=None)
    stale = waiting.filter(pk__in=stale_of(waiting, fiscal_year)).order_by("pk").select_for_update(of=("self",))
    found = {(member, kind): pk for pk, member, kind in stale.values_list("pk", "member_id", "kind")}
    if found:
        needs = _needs(fiscal_year, {member for member, _ in found})
        moved = [need for need in needs if isinstance(need, dict) and (need["member_id"], need["kind"]) in found]
        bulk.insert_inquiries(moved)
        _withdraw(set(found.values()) - {found[need["member_id"], need["kind"]] for need in moved})
    return len(found)


def _withdraw(needless: Collection[int]) -> None:
    """What was never asked goes; what was asked before keeps its history."""
    lines = Inquiry.objects.filter(pk__in=needless)
    approved = lines.exclude(approved_list=None)
    if members := sorted(set(approved.values_list("member_id", flat=True))):
        people = [Subject("member", str(member)) for member in members]
        record_parts(Event.LINKAGE_INQUIRY_WITHDRAWN, people, detail={"lines": approved.count()})
    lines.filter(asked=0, steps=None).delete()
    lines.update(state=Inquiry.State.FAILED, retryable=False, reason=NO_LONGER_NEEDED)


@dataclass(frozen=True, slots=True)
class Targets:
    """All of a year as the facts are now: rows of questions, and what is not asked with its reason."""

    asked: list[dict[str, Any]]
    spared: list[Spared]


def targets_of(fiscal_year: int) -> Targets:
    """Who would be asked what now, by the households, the items in force today and the consents."""
    gate = gate_on(fiscal_year, timezone.localdate())
    found = Targets([], [])
    for need in _needs(fiscal_year):
        if isinstance(need, Spared):
            found.spared.append(need)
        elif reason := gate.refusal(need["member_id"], Inquiry.Kind(need["kind"])):
            found.spared.append(Spared(need["member_id"], Inquiry.Kind(need["kind"]), reason))
        else:
            found.asked.append(need)
    return found


def _needs(fiscal_year: int, of: Collection[int] | None = None) -> Iterator[dict[str, Any] | Spared]:
    """Rows of questions that the categories need, and tax that they do not, whatever may be asked today. `of`: members, or all."""
    day, from_age = base_date(fiscal_year), tax_from_age(fiscal_year)
    aided = _aided_members(fiscal_year, of)
    households = _households({household for household, _ in aided})
    members = defaultdict(list)
    known = Member.objects.filter(household__in=households).order_by("pk")
    columns = known.values_list("pk", "household_id", "born", "is_guardian", "joined_on", "left_on")
    for pk, household, born, guardian, joined_on, left_on in columns:
        if shares_livelihood(joined_on, left_on, day):  # who did not belong to the household is not asked about
            members[household].append((pk, MemberFacts(born, guardian)))
    for household, (decline, on_welfare, address) in households.items():
        only_aid = all(aided.get((household, pk), False) for pk, _ in members[household])
        facts = HouseholdFacts(
            decline, on_welfare, only_aid, any(member.is_guardian for _, member in members[household])
        )
        for pk, member in members[household]:
            for kind in items_for(facts, member, day, from_age):
                yield _row(pk, fiscal_year, kind, day, address)
            if reason := no_tax(facts, member, day, from_age):
                yield Spared(pk, Inquiry.Kind.TAX, reason)


def _row(member: int, fiscal_year: int, kind: Inquiry.Kind, day: date, address: str) -> dict[str, Any]:
    return {
        "member_id": member,
        "fiscal_year": fiscal_year,
        "kind": kind.value,
        "base_date": day.isoformat(),
        "base_address": address,
    }


def _households(ids: set[int]) -> dict[int, tuple[str, bool, str]]:
    """辞退状況, 生活保護 and the address on the base date of these households."""
    found = Household.objects.filter(pk__in=ids).order_by("pk")
    columns = found.values_list("pk", "decline", "on_welfare", "year_end_address", "address")
    return {pk: (decline, welfare, year_end or address) for pk, decline, welfare, year_end, address in columns}


def _aided_members(fiscal_year: int, of: Collection[int] | None) -> dict[tuple[int, int], bool]:
    """(household, member) of each pupil of the year: whether 措置費 is received by the newest status of the year.

    `of`: of the households of these members only.
    """
    starts, ends = date(fiscal_year, 4, 1), date(fiscal_year + 1, 3, 31)
    newest: dict[int, bool] = {}
    periods = StatusPeriod.objects.filter(starts_on__lte=ends).exclude(attendance=StatusPeriod.Attendance.LEFT)
    if of is not None:
        periods = periods.filter(pupil__member__household__in=Member.objects.filter(pk__in=of).values("household"))
    for pupil, aid in periods.order_by("starts_on").values_list("pupil_id", "institution_aid"):
        newest[pupil] = aid
    here = Pupil.objects.filter(Q(left_on=None) | Q(left_on__gte=starts), enrolled_on__lte=ends)
    if of is not None:
        here = here.filter(member__household__in=Member.objects.filter(pk__in=of).values("household"))
    aided: dict[tuple[int, int], bool] = {}
    for pk, household, member in here.values_list("pk", "member__household_id", "member_id"):
        aided[household, member] = aided.get((household, member), True) and newest.get(pk, False)
    return aided
