"""What still comes for a batch that nobody waits for any more: people stopped waiting, or its people went on with another batch.

It is kept sealed and told, never taken in, and only then erased at the other side. In folders, though, what is still being written
between the look and the erasing is erased unread.
"""

from __future__ import annotations

from domain.linkage.exchange import batches
from domain.linkage.models import Batch, RawExchange
from integrations.atena_adapters.errors import BatchUnknown
from integrations.atena_adapters.port import AtenaAdapter, Collection, Expired, Pending, Problem, ProblemCode

STOPPED = (
    "待つのをやめた後に、回答が届きました。取り込まず、封をして保管しました。"
    "送り直した人がいれば、二重の依頼になっていないかを、通番を伝えて統合宛名の担当に確かめてください。"
)
GIVEN_BACK = (
    "新しい通番で送り直した後に、この送信への回答が届きました。取り込まず、封をして保管しました。"
    "二重の依頼になっていないかを、通番を伝えて統合宛名の担当に確かめてください。"
)


def look(adapter: AtenaAdapter, batch: Batch) -> Collection | None:
    """What lies there now, kept by the adapter's keeper as it is read. None: the other side does not know the batch."""
    try:
        return adapter.collect(batches.trace_of(batch))
    except BatchUnknown:
        return None


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
