"""The life of a batch: prepared with its lines, sent, collected, its place of exchange cleared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage.models import Batch, RawExchange
from integrations.atena_adapters.errors import AtenaError, BatchAltered
from integrations.atena_adapters.port import Operator, Problem, ProblemCode, RequestKind, SubmissionReceipt
from jobs.turns import take_turn

_PASSING = frozenset({ProblemCode.RECEIPT_MISSING})
_REFUSED = frozenset({ProblemCode.STRANGER, ProblemCode.DOUBLED, ProblemCode.CONFLICT, ProblemCode.LATE})
PROBLEM_LENGTH = 400
STOPPED = "stopped"
"""The kind of failure of a batch that people wait for no longer; `failed_at` says since when."""

WAITING = "回答待ちです。受け取りは、もう一度実行すると続きから行います。"
"""Noted on a batch without any trouble: no answer yet."""

GIVEN_BACK = Q(state=Batch.State.FAILED, failure=BatchAltered.code, cleared_at=None, given_up_at=None)
"""Batches whose people went on with another one although these may be with the other side."""

UNCLEARED = Q(state=Batch.State.COLLECTED, cleared_at=None, given_up_at=None)
"""Collected batches whose place of exchange was not emptied yet and is still looked at."""

WITH_NUMBERS = (Batch.Kind.REGISTER, Batch.Kind.UPDATE)
"""What may hold a 個人番号: that its place of exchange was emptied is an event of its own."""


def create(kind: Batch.Kind, *, fiscal_year: int, adapter_version: int, operator: Operator, size: int) -> Batch:
    """A prepared batch, in the transaction that also gives it its lines. Number, time and operator never change again."""
    take_turn("linkage:batch")  # two jobs at once take their numbers one after the other
    return Batch.objects.create(
        kind=kind,
        sequence=(Batch.objects.aggregate(newest=Max("sequence"))["newest"] or 0) + 1,
        fiscal_year=fiscal_year,
        adapter_version=adapter_version,
        operator={
            "staff_number": operator.staff_number,
            "organisation_number": operator.organisation_number,
            "approval_number": operator.approval_number,
        },
        size=size,
    )


def envelope(batch: Batch) -> dict[str, Any]:
    """What every submission of this batch repeats unchanged."""
    return {
        "batch_id": str(batch.pk),
        "made_at": timezone.localtime(batch.created_at),
        "operator": Operator(**batch.operator),
        "sequence": batch.sequence,
    }


def receipt_of(batch: Batch) -> SubmissionReceipt:
    return SubmissionReceipt.from_json(batch.receipt)


def trace_of(batch: Batch) -> SubmissionReceipt:
    """What names the place of exchange of a batch with numbers, also of one whose sending was cut off before its receipt."""
    if batch.receipt:
        return receipt_of(batch)
    kind = RequestKind.UPDATE if batch.kind == Batch.Kind.UPDATE else RequestKind.REGISTRATION
    made_at = timezone.localtime(batch.created_at)
    return SubmissionReceipt(kind, str(batch.pk), batch.sequence, made_at, timezone.now(), "", ())


def case_of(batch: Batch) -> str:
    """The case that the trail names for whatever is done for a batch."""
    return f"linkage-batch:{batch.pk}"


def mark_tried(batch: Batch, *, nothing_left: bool) -> None:
    """Sending begins, and whoever is on the batch is sent; or nobody is left and it never goes out."""
    after = {"state": Batch.State.FAILED} if nothing_left else {"tried_at": timezone.now()}
    Batch.objects.filter(pk=batch.pk).update(**after)
    batch.refresh_from_db()


def stayed_here(batch: Batch, error: Exception) -> bool:
    """Whether it is certain that nothing of a batch left before this error: every request is kept before it goes on the wire."""
    if isinstance(error, AtenaError) and error.nothing_left:
        return True
    return not RawExchange.objects.filter(batch=batch, direction=RawExchange.Direction.SENT).exists()


def mark_untried(batch: Batch) -> None:
    """Nothing of it is with the other side: who may go is looked at anew before it is sent."""
    Batch.objects.filter(pk=batch.pk).update(tried_at=None)
    batch.refresh_from_db()


def mark_sent(batch: Batch, receipt: SubmissionReceipt, patience: timedelta) -> None:
    """In the transaction that also moves its lines. `patience`: for how long an answer is waited for."""
    now = timezone.now()
    Batch.objects.filter(pk=batch.pk).update(
        state=Batch.State.SENT, receipt=receipt.to_json(), sent_at=now, due_at=now + patience, problem=""
    )
    batch.refresh_from_db()


def mark_collected(batch: Batch) -> None:
    """Every line has an outcome (held ones may still change)."""
    Batch.objects.filter(pk=batch.pk, state=Batch.State.SENT).update(
        state=Batch.State.COLLECTED, collected_at=timezone.now(), problem=""
    )
    batch.refresh_from_db()


def mark_unsent(batch: Batch) -> None:
    """The other side does not know the batch: it goes out again, without whoever may not go any more; not when people stopped it."""
    Batch.objects.filter(pk=batch.pk).exclude(failure=STOPPED).update(state=Batch.State.PREPARED, tried_at=None)


def mark_stopped(batch: Batch) -> None:
    """Nobody waits any longer, in the transaction that also ends its lines. It is past its time from now on: never sent again by itself."""
    mark_collected(batch)
    since = batch.collected_at or timezone.now()
    Batch.objects.filter(pk=batch.pk).update(failure=STOPPED, failed_at=since, due_at=Least("due_at", Value(since)))
    batch.refresh_from_db()


def is_stopped(batch: Batch) -> bool:
    return batch.failure == STOPPED


def uncleared(kind: Batch.Kind) -> QuerySet[Batch]:
    """Collected batches whose place of exchange still holds something, as far as we know."""
    return in_turn(Batch.objects.filter(UNCLEARED, kind=kind))


def given_back(kind: Batch.Kind) -> QuerySet[Batch]:
    """Whose answers may still come, in order."""
    return Batch.objects.filter(GIVEN_BACK, kind=kind).order_by("sequence")


def in_turn(found: QuerySet[Batch]) -> QuerySet[Batch]:
    """Those that had no trouble first: one that fails each time keeps no other from being asked about."""
    untroubled = When(problem__in=["", WAITING], then=Value(0))
    return found.order_by(Case(untroubled, default=Value(1), output_field=IntegerField()), "sequence")


def mark_cleared(batch: Batch) -> None:
    """Nothing of the batch is left in the place of exchange.

    Nobody compares its receipt any more, so the plain SHA-256 goes too: of a file about one person it would give the number away.
    """
    _end_exchange(batch, cleared_at=timezone.now())
    if batch.kind in WITH_NUMBERS:
        record(Event.NUMBER_FILE_EMPTIED, subjects=[Subject("file", str(batch.pk))], case=case_of(batch))


def mark_given_up(batch: Batch) -> None:
    """The place is looked at no longer; whether something is left there nobody here knows."""
    _end_exchange(batch, given_up_at=timezone.now())


def _end_exchange(batch: Batch, **when: datetime) -> None:
    told = batch.receipt | {"sha256": ""}
    Batch.objects.filter(pk=batch.pk, cleared_at=None).update(**when, receipt=told)


def note_problem(batch: Batch, message: str, failure: str) -> None:
    """What keeps the batch from going on now; shown until it goes on. `failure`: its kind, which the console may see.

    One that people stopped stays so, with its time, whatever else happens to it.
    """
    Batch.objects.filter(pk=batch.pk).exclude(failure=STOPPED).update(failure=failure, failed_at=timezone.now())
    changed = Batch.objects.filter(pk=batch.pk).exclude(problem=message[:PROBLEM_LENGTH])
    if changed.update(problem=message[:PROBLEM_LENGTH]):
        record(
            Event.LINKAGE_EXCHANGE_FAILED,
            subjects=[Subject("file", str(batch.pk))],
            detail={"problem": message},
            case=case_of(batch),
        )


def note_findings(batch: Batch, problems: Iterable[Problem]) -> None:
    """What was wrong with a delivery although the rest of it counts. Each is kept once and stays visible."""
    known = {(finding["code"], finding["message"]) for finding in batch.findings}
    new = [p for p in problems if p.code not in _PASSING and (p.code.value, p.message) not in known]
    if not new:
        return
    at = timezone.now().isoformat(timespec="seconds")
    batch.findings = [*batch.findings, *({"code": p.code.value, "message": p.message, "at": at} for p in new)]
    Batch.objects.filter(pk=batch.pk).update(findings=batch.findings)
    for problem in new:
        event = Event.LINKAGE_ANSWER_REFUSED if problem.code in _REFUSED else Event.LINKAGE_EXCHANGE_FAILED
        detail = {"code": problem.code.value, "message": problem.message}
        record(event, subjects=[Subject("file", str(batch.pk))], detail=detail, case=case_of(batch))


def people(members: Sequence[int]) -> list[Subject]:
    """One event names all its people; one event each would be ten times the work and say no more."""
    return [Subject("member", str(member)) for member in members]
