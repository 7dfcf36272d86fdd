"""Who is to be registered and asked, as rows: the frozen list that a person looks at before anything is sent.

(A prefecture once sent 18,305 notices from a wrong extraction at the board: atena.md 5.3.)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

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
                "pk", "member_id", "kind", "asked"
            )
        )
        needless = [(pk, asked) for pk, member, kind, asked in waiting if (member, kind) not in wanted]
        Inquiry.objects.filter(pk__in=[pk for pk, asked in needless if not asked], steps=None).delete()
        Inquiry.objects.filter(pk__in=[pk for pk, asked in needless if asked]).update(
            state=Inquiry.State.FAILED, retryable=False, reason=NO_LONGER_NEEDED
        )
    counts = Counter(kind for _, member, kind, _ in waiting if (member, kind) in wanted)
    return InquiryPlan(dict(counts), targets.spared, len(needless))


@dataclass(frozen=True, slots=True)
class Targets:
    """All of a year as the facts are now: rows of questions, and what is not asked with its reason."""

    asked: list[dict[str, Any]]
    spared: list[Spared]


def targets_of(fiscal_year: int) -> Targets:
    """Who would be asked what now, by the households, the items in force today and the consents."""
    gate = gate_on(fiscal_year, timezone.localdate())
    day, from_age = base_date(fiscal_year), tax_from_age(fiscal_year)
    aided = _aided_members(fiscal_year)
    households = _households({household for household, _ in aided})
    members = defaultdict(list)
    known = Member.objects.filter(household__in=households).order_by("pk")
    columns = known.values_list("pk", "household_id", "born", "is_guardian", "joined_on", "left_on")
    for pk, household, born, guardian, joined_on, left_on in columns:
        if shares_livelihood(joined_on, left_on, day):  # who did not belong to the household is not asked about
            members[household].append((pk, MemberFacts(born, guardian)))
    found = Targets([], [])
    for household, (decline, on_welfare, address) in households.items():
        only_aid = all(aided.get((household, pk), False) for pk, _ in members[household])
        facts = HouseholdFacts(
            decline, on_welfare, only_aid, any(member.is_guardian for _, member in members[household])
        )
        for pk, member in members[household]:
            for kind in items_for(facts, member, day, from_age):
                if reason := gate.refusal(pk, kind):
                    found.spared.append(Spared(pk, kind, reason))
                else:
                    found.asked.append(_row(pk, fiscal_year, kind, day, address))
            if reason := no_tax(facts, member, day, from_age):
                found.spared.append(Spared(pk, Inquiry.Kind.TAX, reason))
    return found


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


def _aided_members(fiscal_year: int) -> dict[tuple[int, int], bool]:
    """(household, member) of each pupil of the year: whether 措置費 is received by the newest status of the year."""
    starts, ends = date(fiscal_year, 4, 1), date(fiscal_year + 1, 3, 31)
    newest: dict[int, bool] = {}
    periods = StatusPeriod.objects.filter(starts_on__lte=ends).exclude(attendance=StatusPeriod.Attendance.LEFT)
    for pupil, aid in periods.order_by("starts_on").values_list("pupil_id", "institution_aid"):
        newest[pupil] = aid
    here = Pupil.objects.filter(Q(left_on=None) | Q(left_on__gte=starts), enrolled_on__lte=ends)
    aided: dict[tuple[int, int], bool] = {}
    for pk, household, member in here.values_list("pk", "member__household_id", "member_id"):
        aided[household, member] = aided.get((household, member), True) and newest.get(pk, False)
    return aided
