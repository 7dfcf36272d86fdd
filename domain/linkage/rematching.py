"""突合のやり直し: after our own record was corrected, an open question may have answered itself."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet

from accounts.permissions import Permission
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage import bulk
from domain.linkage.errors import SettlementRefused
from domain.linkage.exchange.outcomes import Kept
from domain.linkage.history import Step, note_steps
from domain.linkage.matching_records import Matcher
from domain.linkage.models import Inquiry
from domain.linkage.settling import UNSETTLED_MATCHES

_REMATCHED = "世帯の記録が訂正されたため、突合をやり直しました。"
_ASKED = "もう一度突合しました。"
_SAME = "結果は変わりません。"


def match_again(fiscal_year: int) -> int:
    """Compare the unsettled 要確認 and 不一致 of a year with our records as they are now. Returns how many changed."""
    return _match(Inquiry.objects.filter(fiscal_year=fiscal_year))


def match_households(household_ids: Collection[int]) -> int:
    """The same for these households, of every year: their records were corrected in this transaction."""
    return _match(Inquiry.objects.filter(member__household__in=household_ids))


def can_match_again(inquiry: Inquiry) -> bool:
    """What is doubted for its meaning does not become right because somebody's name was corrected."""
    waits = inquiry.state == Inquiry.State.ANSWERED and inquiry.match in UNSETTLED_MATCHES
    return waits and inquiry.settlement == Inquiry.Settlement.NONE and "meaning" not in inquiry.match_detail


def match_one(inquiry: Inquiry) -> bool:
    """One answer and the others of its household, because a person asks; whether it changed. Raises SettlementRefused."""
    with transaction.atomic():
        before = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
        if not can_match_again(before):
            raise SettlementRefused("この照会は、もう一度突合できる状態ではありません。画面を開き直してください。")
        _match(Inquiry.objects.filter(member__household=before.member.household_id), _ASKED)
        after = Inquiry.objects.get(pk=before.pk)
        changed = (after.match, after.match_detail) != (before.match, before.match_detail)
        if not changed:
            note_steps([Step(after, after.state, after.match, after.settlement, _ASKED + _SAME)])
        record(
            Event.LINKAGE_ANSWER_REMATCHED,
            subjects=[Subject("inquiry", str(after.pk)), Subject("member", str(after.member_id))],
            detail={"from": before.match, "to": after.match, "item": after.kind},
            allowed_by=Permission.REVIEW_MATCH.value,
        )
    return changed


def _match(asked: QuerySet[Inquiry], note: str = _REMATCHED) -> int:
    with transaction.atomic():
        open_ones = (
            asked.select_for_update(of=("self",))
            .filter(state=Inquiry.State.ANSWERED, match__in=UNSETTLED_MATCHES, settlement=Inquiry.Settlement.NONE)
            .exclude(match_detail__has_key="meaning")
        )
        found = list(open_ones.select_related("member__household").order_by("pk"))
        rows = Matcher().rows([(one, Kept(one.state, one.reason, one.answer)) for one in found])
        changed = [
            (one, row)
            for one, row in zip(found, rows, strict=True)
            if (row["match"], row["match_detail"]) != (one.match, one.match_detail)
        ]
        bulk.update_inquiries([row for _, row in changed])
        note_steps(Step(one, one.state, row["match"], one.settlement, note) for one, row in changed)
    return len(changed)
