"""What a person decides about an answer that the machine may not take by itself."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage.errors import SettlementRefused
from domain.linkage.history import Step, note_steps
from domain.linkage.matching import Item
from domain.linkage.models import Inquiry

UNSETTLED_MATCHES = (Inquiry.Match.REVIEW, Inquiry.Match.MISMATCH)
WITHOUT_FACTS = (
    Inquiry.State.NOT_FOUND,
    Inquiry.State.NOT_DECLARED,
    Inquiry.State.HELD,
    Inquiry.State.REFUSED,
    Inquiry.State.FAILED,
    Inquiry.State.EXPIRED,
)


UNDER_WAY = (Inquiry.State.WAITING, Inquiry.State.SENT)


def may_be_taken(inquiry: Inquiry) -> bool:
    """Whether a person may take this answer: the birth date is ours, and at most one other item differs."""
    born = any(item["item"] == Item.BORN for item in inquiry.match_detail.get("items", []))
    return inquiry.match == Inquiry.Match.REVIEW and not born


def possible_settlements(inquiry: Inquiry) -> list[Inquiry.Settlement]:
    """What may be decided.

    不一致 is never taken, and so never an answer whose birth date is not ours: correct our record, the number, or ask again. A
    certificate may stand in for any line at any time, also while the question is under way.
    """
    if inquiry.settlement != Inquiry.Settlement.NONE:
        return []
    if inquiry.state in UNDER_WAY or inquiry.state in WITHOUT_FACTS:
        return [Inquiry.Settlement.CERTIFICATE]
    if inquiry.state != Inquiry.State.ANSWERED or inquiry.match not in UNSETTLED_MATCHES:
        return []
    accept = [Inquiry.Settlement.ACCEPTED] if may_be_taken(inquiry) else []
    return [*accept, Inquiry.Settlement.REJECTED, Inquiry.Settlement.CERTIFICATE]


def settle(inquiry: Inquiry, settlement: str, user: User, note: str) -> Inquiry:
    """Decide one inquiry, once. Raises SettlementRefused when its state does not allow it (or somebody was quicker)."""
    chosen = Inquiry.Settlement(settlement)
    if not note.strip():
        raise SettlementRefused("理由を入力してください（例: 本人に確認した。改姓の届出あり）。")
    with transaction.atomic():
        current = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
        if chosen not in possible_settlements(current):
            raise SettlementRefused(
                f"この照会（{current.get_state_display()}・突合 {current.get_match_display()}・"
                f"{current.get_settlement_display()}）は「{chosen.label}」にできません。画面を開き直してください。"
            )
        note_steps([Step(current, current.state, current.match, chosen, note.strip())])
        current.settlement = chosen
        current.settled_by = user.name[:60]
        current.settled_at = timezone.now()
        current.save(update_fields=["settlement", "settled_by", "settled_at"])
        record(
            Event.LINKAGE_ANSWER_SETTLED,
            subjects=[Subject("inquiry", str(current.pk)), Subject("member", str(current.member_id))],
            detail={"settlement": chosen.value, "match": current.match, "item": current.kind},
            allowed_by=Permission.REVIEW_MATCH.value,
        )
    return current
