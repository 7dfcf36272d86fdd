"""突合 of our rows: reads the household for what the pure matching needs, and writes its finding as the inquiry's detail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from domain.households.models import Member
from domain.linkage.answers import person_of
from domain.linkage.exchange.outcomes import Kept
from domain.linkage.matching import Comparison, Ours, Verdict, compare
from domain.linkage.models import Inquiry


class Matcher:
    """Compares answers of one batch. Other members are only read for answers that are not simply equal."""

    def rows(self, changes: Sequence[tuple[Inquiry, Kept]]) -> list[dict[str, Any]]:
        """What to write for each change, in the same order."""
        first = [compare(ours_of(one.member), person_of(new.answer)) if new.answer else None for one, new in changes]
        suspect = [one.member for (one, _), found in zip(changes, first, strict=True) if found and not _equal(found)]
        households = _households({member.household_id for member in suspect})
        rows = []
        for (inquiry, new), found in zip(changes, first, strict=True):
            if found and new.answer and not _equal(found):
                others = households[inquiry.member.household_id]
                found = compare(ours_of(inquiry.member), person_of(new.answer), others)
            rows.append(_row(inquiry, new, found))
        return rows


def ours_of(member: Member) -> Ours:
    """Our record. A household that moved is known at its address of the year's end, or by now at the new one."""
    household = member.household
    addresses = tuple(address for address in (household.year_end_address, household.address) if address)
    return Ours(member.key, member.name, member.kana, member.born, addresses)


def detail_of(comparison: Comparison) -> dict[str, Any]:
    """`items`: what differs, both texts; `swapped_with`: 構成員番号 of the member whose answer it may be."""
    if _equal(comparison):
        return {}
    return {
        "reason": comparison.reason,
        "swapped_with": comparison.swapped_with,
        "items": [
            {"item": finding.item.value, "ours": finding.ours, "answer": finding.answer}
            for finding in comparison.findings
        ],
    }


def _equal(comparison: Comparison) -> bool:
    return comparison.verdict is Verdict.MATCHED


def _row(inquiry: Inquiry, new: Kept, found: Comparison | None) -> dict[str, Any]:
    return {
        "id": inquiry.pk,
        "state": new.state,
        "answer": new.answer,
        "reason": new.reason,
        "retryable": new.retryable,
        "match": found.verdict.value if found else Inquiry.Match.NONE.value,
        "match_detail": detail_of(found) if found else {},
    }


def _households(ids: Iterable[int]) -> dict[int, list[Ours]]:
    members = Member.objects.filter(household__in=list(ids)).select_related("household")
    found = defaultdict(list)
    for member in members.order_by("pk"):
        found[member.household_id].append(ours_of(member))
    return found
