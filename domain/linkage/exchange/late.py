"""What still comes for a batch that nobody waits for any more: people stopped waiting, or its people went on with another batch.

It is kept sealed and told, never taken in, and only then erased at the other side. What comes between the look and the erasing, or is
still being written, stays there for the next look. Nothing is looked for without end: past `LONGEST` that is told once, and it ends.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from domain.linkage.exchange import batches
from domain.linkage.exchange.adapters import left_at
from domain.linkage.models import Batch, RawExchange
from integrations.atena_adapters.errors import AtenaError, BatchUnknown
from integrations.atena_adapters.port import (
    EVERYTHING,
    AtenaAdapter,
    Collection,
    Expired,
    Pending,
    Problem,
    ProblemCode,
)
from web.dates import to_wareki

LONGEST = timedelta(days=30)
"""How long a place of exchange is looked at after people stopped waiting, or after all was answered, when it could not be emptied."""

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)

STOPPED = (
    "待つのをやめた後に、回答が届きました。取り込まず、封をして保管しました。"
    "送り直した人がいれば、二重の依頼になっていないかを、通番を伝えて統合宛名の担当に確かめてください。"
)
GIVEN_BACK = (
    "新しい通番で送り直した後に、この送信への回答が届きました。取り込まず、封をして保管しました。"
    "二重の依頼になっていないかを、通番を伝えて統合宛名の担当に確かめてください。"
)
GIVEN_UP = (
    "{since}から{until}まで受渡し場所を確かめましたが、空になったことを確かめられませんでした。もう確かめません。"
    "統合宛名の担当に通番を伝え、受渡し場所に残るものを消したかを確かめてください。"
)


def look(adapter: AtenaAdapter, batch: Batch) -> Collection | None:
    """What lies there now, kept by the adapter's keeper as it is read. None: the other side does not know the batch."""
    try:
        return adapter.collect(batches.trace_of(batch), gaps=True)
    except BatchUnknown:
        return None


def read_of(collection: Collection | None) -> frozenset[str]:
    """What a look read, and so may be erased."""
    return frozenset() if collection is None else collection.read


def tell(batch: Batch, collection: Collection | None) -> None:
    """A finding when an answer was kept since nobody waits. By what is kept, so that a job cut off in between tells it as well."""
    received = RawExchange.objects.filter(
        batch=batch, direction=RawExchange.Direction.RECEIVED, name__contains="-answer"
    )
    if batch.failed_at is None or not received.filter(created_at__gte=batch.failed_at).exists():
        return
    text = STOPPED if batches.is_stopped(batch) else GIVEN_BACK
    # Without the lines that were sent every line would be a stranger's.
    problems = collection.problems if collection is not None and batch.receipt else ()
    batches.note_findings(batch, [Problem(ProblemCode.LATE, text), *problems])


def is_whole(collection: Collection | None) -> bool:
    """Every line was answered, so nothing more can come."""
    outcomes = list(collection.outcomes.values()) if collection is not None else []
    return bool(outcomes) and not any(
        isinstance(outcome, Pending) or (isinstance(outcome, Expired) and outcome.overdue) for outcome in outcomes
    )


def is_nobodys(batch: Batch) -> bool:
    return batches.is_stopped(batch) or batch.state == Batch.State.FAILED


def since(batch: Batch) -> datetime:
    """From when on nothing of the batch was waited for any more; of an earlier vendor not before it was left."""
    if is_nobodys(batch):
        return batch.failed_at or timezone.now()
    return max(batch.collected_at or timezone.now(), left_at(batch.adapter_version) or _BEFORE_ALL)


def give_up(batch: Batch, adapter_of: Callable[[Batch], AtenaAdapter]) -> None:
    """Past `LONGEST`, its place is looked at no longer, and that is told once. What lies in a place of our own goes unread."""
    begun, now = since(batch), timezone.now()
    if begun + LONGEST > now:
        return
    with transaction.atomic():
        left = Batch.objects.select_for_update().filter(batches.UNCLEARED | batches.GIVEN_BACK).filter(pk=batch.pk)
        if not left.exists():
            return
        days = {"since": _day(begun), "until": _day(now)}
        batches.note_findings(batch, [Problem(ProblemCode.GIVEN_UP, GIVEN_UP.format(**days))])
        if _emptied_here(batch, adapter_of):
            batches.mark_cleared(batch)
        else:
            batches.mark_given_up(batch)


def _emptied_here(batch: Batch, adapter_of: Callable[[Batch], AtenaAdapter]) -> bool:
    """Whether the place was ours to empty: sheets and packages that people carry or key."""
    try:
        adapter = adapter_of(batch)
        return adapter.capabilities().by_people and adapter.finish(batches.trace_of(batch), EVERYTHING)
    except AtenaError:
        return False


def _day(moment: datetime) -> str:
    return to_wareki(timezone.localdate(moment))
