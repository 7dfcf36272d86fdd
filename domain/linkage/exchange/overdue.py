"""Batches that nobody answered in time (`Batch.due_at`): they keep no place of the sending window, and people are told.

Else a silent counterpart would fill the window and nothing more of its kind would go out. Their lines stay open, they are asked about once
a run, what comes late is taken in, and they are never sent again by themselves: only a person stops waiting (`waiting`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from domain.linkage.exchange import batches
from domain.linkage.models import Batch
from integrations.atena_adapters.errors import BatchUnknown
from integrations.atena_adapters.port import Capabilities, Collection, Expired, Outcome, Pending

ENOUGH = timedelta(days=3)
"""Where the configuration says no time: longer than a night and a Sunday between asking and answering."""

FAILURE = "overdue"
"""The kind of failure of a batch that was not answered in time."""

NOTE = (
    "期限を過ぎても回答がありません。届けば取り込みますが、自動では送り直しません。"
    "統合宛名の担当に通番を伝え、受け付けているかを確かめてください。"
)

LOST = (
    "統合宛名側に、この送信の記録がありません。期限を過ぎているため、自動では送り直しません。"
    "統合宛名の担当に通番を伝えて確かめてください。"
)

_KEPT_OPEN = frozenset({Batch.Kind.REGISTER, Batch.Kind.UPDATE, Batch.Kind.WITHDRAW, Batch.Kind.RELEASE})
"""Kinds whose lines have no state for 「期限切れ」: what is not answered in time stays as it is until a person decides.

Inquiries (期限切れ) and 副本 (結果不明) have one and take a late answer from it, the 符号 is asked for anew each day, and lists are
given up by `incoming.abandoning`.
"""


def patience(capabilities: Capabilities) -> timedelta:
    """For how long an answer is waited for in the window."""
    return timedelta(hours=capabilities.expire_hours) or ENOUGH


def in_window(sent: QuerySet[Batch]) -> QuerySet[Batch]:
    return sent.filter(Q(due_at=None) | Q(due_at__gt=timezone.now()))


def past_window(sent: QuerySet[Batch]) -> QuerySet[Batch]:
    return sent.filter(due_at__lte=timezone.now())


def is_overdue(batch: Batch) -> bool:
    """Also of a batch whose lines expired, or were held: none of them goes out again by itself."""
    return batch.due_at is not None and batch.due_at <= timezone.now()


def still_waiting(kind: str, collection: Collection) -> Collection:
    """As the adapter tells it; for kinds that are kept open without what only the clock says."""
    if kind not in _KEPT_OPEN:
        return collection
    outcomes = {line: _without_clock(outcome) for line, outcome in collection.outcomes.items()}
    return replace(collection, outcomes=outcomes)


def tell(batch: Batch) -> None:
    """Once a batch, and again only after another trouble was noted on it."""
    silent = Batch.objects.filter(pk=batch.pk, state=Batch.State.SENT, problem__in=["", batches.WAITING])
    with transaction.atomic():
        if silent.exists():
            batches.note_problem(batch, NOTE, FAILURE)


def tell_lost(batch: Batch) -> bool:
    """The other side knows nothing of it. Not a trouble of the link: the batches after it have their turn. Nothing new: False."""
    with transaction.atomic():
        batches.note_problem(batch, LOST, BatchUnknown.code)
    return False


def _without_clock(outcome: Outcome) -> Outcome:
    return Pending() if isinstance(outcome, Expired) and outcome.overdue else outcome
