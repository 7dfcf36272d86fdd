"""再計算照合: every stored receipt of determinations and settled payments recomputed, piece by piece."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.impact.models import ReplayFinding, ReplayNight
from domain.payments.models import PupilPayment
from domain.payments.states import SETTLED
from domain.rules import Pack, PackError
from domain.rules.payment.trace import told_by
from domain.rules.replaying import Difference, Outcome, Replayed, differences, replay
from domain.statements.models import Computation
from domain.yearpacks.errors import YearpackError
from domain.yearpacks.resolving import pack_by_digest, pack_of
from jobs.handle import JobHandle

CHUNK = 200
"""Receipts per transaction."""
KEPT_DIFFERENCES = 20
MESSAGE_LENGTH = 400
Stage = ReplayNight.Stage


class Packs:
    """Packs by digest, each asked for once in a night."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, tuple[str, ...], str], Pack | None] = {}

    def __call__(self, name: str, overlays: Sequence[str], digest: str) -> Pack | None:
        key = (name, tuple(overlays), digest)
        if key not in self._found:
            self._found[key] = _pack(*key)
        return self._found[key]


def _pack(name: str, overlays: tuple[str, ...], digest: str) -> Pack | None:
    """What was kept of that digest, else what the name means today; None where there is neither."""
    try:
        return pack_by_digest(digest)
    except YearpackError:
        pass
    try:
        return pack_of(name, overlays)
    except (PackError, YearpackError):
        return None


def carry_out(handle: JobHandle, day: datetime.date) -> ReplayNight:
    """Go on with the night of a day until everything is recomputed."""
    night, _ = ReplayNight.objects.get_or_create(day=day)
    packs = Packs()
    total = _computations(0).count() + _payments(0).count()
    handle.advance(night.checked, total, "再計算照合")
    while night.stage != Stage.DONE:
        night = _piece(handle, night.pk, packs)
        handle.advance(night.checked, max(total, night.checked))
    handle.set_count("照合した計算書", night.checked)
    handle.set_count("一致しない計算書", night.found)
    return night


@transaction.atomic
def _piece(handle: JobHandle, night_id: int, packs: Packs) -> ReplayNight:
    """One chunk, or the step to the next stage: counts, findings and the place reached are kept together."""
    handle.fence()
    night = ReplayNight.objects.select_for_update().get(pk=night_id)
    if night.stage == Stage.DETERMINATIONS:
        rows: list[Any] = list(_computations(night.reached)[:CHUNK])
        _keep(night, [(row.pk, {"computation": row}, replay(row.receipt, packs)) for row in rows])
        if not rows:
            night.stage, night.reached = Stage.PAYMENTS, 0
    elif night.stage == Stage.PAYMENTS:
        rows = list(_payments(night.reached)[:CHUNK])
        _keep(night, [(row.pk, {"payment": row}, _paid(row, replay(row.receipt, packs))) for row in rows])
        if not rows:
            _finish(night)
    night.save()
    return night


def _computations(after: int) -> Any:
    """Receipts behind a determination, by id."""
    rows = Computation.objects.filter(pk__gt=after, determinations__approved_by__isnull=False)
    return rows.distinct().only("pk", "statement_id", "receipt_text", "receipt_digest").order_by("pk")


def _payments(after: int) -> Any:
    """Receipts of approved and released rounds, by id."""
    rows = PupilPayment.objects.filter(pk__gt=after, round__state__in=SETTLED)
    return rows.only("pk", "receipt", "total", "ledgers").order_by("pk")


def _paid(payment: PupilPayment, replayed: Replayed) -> Replayed:
    """With what the payment pays otherwise than its receipt says, where the receipt itself came out the same."""
    told = told_by(payment.receipt)
    if replayed.outcome is not Outcome.SAME or told == payment.ledgers:
        return replayed
    whole = (
        (Difference("payment.total", payment.total, sum(told.values())),) if sum(told.values()) != payment.total else ()
    )
    return Replayed(Outcome.DIFFERENT, (*whole, *differences(payment.ledgers, told, "payment.ledgers")))


def _keep(night: ReplayNight, found: Iterable[tuple[int, dict[str, Any], Replayed]]) -> None:
    counts: Counter[str] = Counter()
    findings = []
    for pk, of, result in found:
        night.reached = pk
        counts[result.outcome.value] += 1
        if result.outcome is not Outcome.SAME:
            findings.append(_finding(night, of, result))
    ReplayFinding.objects.bulk_create(findings)
    night.checked += counts.total()
    for outcome in Outcome:
        setattr(night, outcome.value, getattr(night, outcome.value) + counts[outcome.value])


def _finding(night: ReplayNight, of: dict[str, Any], result: Replayed) -> ReplayFinding:
    yens = [each.yen for each in result.differences if each.yen is not None]
    return ReplayFinding(
        night=night,
        **of,
        outcome=result.outcome.value,
        yen=max(yens, key=abs, default=None),
        differences=[each.to_json() for each in result.differences[:KEPT_DIFFERENCES]],
        message=result.message[:MESSAGE_LENGTH],
    )


def _finish(night: ReplayNight) -> None:
    night.stage, night.finished_at = Stage.DONE, timezone.now()
    event = Event.REPLAY_DIFFERENCE_FOUND if night.found else Event.REPLAY_NIGHT_FINISHED
    counts = {outcome.value: getattr(night, outcome.value) for outcome in Outcome}
    record(event, subjects=[Subject("replay", str(night.pk))], detail={"checked": night.checked, **counts})


def open_findings() -> int:
    """How many receipts the last finished night could not make the same; 0 before the first."""
    night = ReplayNight.objects.filter(stage=Stage.DONE).first()
    return 0 if night is None else night.found
