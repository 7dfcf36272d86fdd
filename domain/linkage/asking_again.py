"""Asking again on purpose: retryable failures, a corrected number, or because a person says so. Nothing is asked twice by accident."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage.errors import SettlementRefused
from domain.linkage.history import Step, note_steps
from domain.linkage.models import Inquiry, Registration
from domain.linkage.persons.moving import move
from domain.linkage.persons.states import Act

MOST_TIMES = 3
"""How often one line is sent in all before a person must look (a communication error of the provider)."""

REJECTED = "登録不可の原因を直したため、もう一度登録します。"
RETRIED = "通信エラーのため、もう一度照会します。"
_UNSENT = (Inquiry.State.WAITING, Inquiry.State.SENT)
_CLEARED: dict[str, Any] = {
    "state": Inquiry.State.WAITING,
    "batch": None,
    "answer": None,
    "reason": "",
    "retryable": False,
    "match": Inquiry.Match.NONE,
    "match_detail": {},
    "settlement": Inquiry.Settlement.NONE,
    "settled_by": "",
    "settled_at": None,
    "answered_at": None,
}


def ask_again(inquiry: Inquiry, user: User, note: str) -> None:
    """Put an answered or failed inquiry back in the queue: 「もう一度照会する」. Raises SettlementRefused while it is under way."""
    with transaction.atomic():
        current = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
        if current.state in _UNSENT:
            raise SettlementRefused("この照会はまだ送信待ちか照会中です。回答が届いてから行ってください。")
        _reopen(Inquiry.objects.filter(pk=current.pk), note)
        record(
            Event.LINKAGE_ANSWER_SETTLED,
            subjects=[Subject("inquiry", str(current.pk)), Subject("member", str(current.member_id))],
            detail={"settlement": "ask_again", "by": str(user.pk)},
            allowed_by="review_match",
        )


def reopen_retryable(fiscal_year: int) -> int:
    """Lines that failed on the way and may be sent again, up to MOST_TIMES in all."""
    failed = Inquiry.objects.filter(
        fiscal_year=fiscal_year,
        state=Inquiry.State.FAILED,
        retryable=True,
        asked__lt=MOST_TIMES,
        settlement=Inquiry.Settlement.NONE,
    )
    with transaction.atomic():
        return _reopen(failed, RETRIED)


def ask_members_again(members: Sequence[int], note: str) -> int:
    """Every answer about these people was asked under a number that is no longer theirs."""
    return _reopen(Inquiry.objects.filter(member__in=members).exclude(state__in=_UNSENT), note)


def register_again() -> int:
    """Put the rejected registrations back in the queue, after their cause was mended."""
    with transaction.atomic():
        rejected = Registration.objects.filter(state=Registration.State.REJECTED).values_list("pk", flat=True)
        return len(move(list(rejected), Act.RETRY, note=REJECTED, batch=None, reason=""))


def _reopen(inquiries: QuerySet[Inquiry], note: str) -> int:
    found = list(inquiries)
    waiting = Inquiry.State.WAITING
    note_steps(Step(one, waiting, Inquiry.Match.NONE, Inquiry.Settlement.NONE, note) for one in found)
    Inquiry.objects.filter(pk__in=[one.pk for one in found]).update(**_CLEARED)
    return len(found)
