"""戻入を差し引く: an officer decides that what was paid too much is taken off the next payment."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.payments.errors import RecoveryRefused
from domain.payments.models import Adjustment
from domain.payments.states import locked
from web.fields import REFUSED
from web.text import digits_like_number

REASON_LENGTH = 100


@transaction.atomic
def accept_recovery(adjustment_id: int, reason: str) -> None:
    """Accept a 戻入 with a reason, and with it all differences of the child in the round: they are settled together.

    They count from the next calculation of the round on. Raises RecoveryRefused.
    """
    found = Adjustment.objects.filter(pk=adjustment_id).select_related("pupil").first()
    if found is None:
        raise RecoveryRefused("この戻入は、計算し直したためなくなりました。支給回の画面を開き直してください。")
    round_ = locked(found.round_id)
    if not round_.is_open:
        raise RecoveryRefused(
            f"「{round_.title}」は承認済みのため、差引きを決められません。次の支給回で決めてください。"
        )
    if round_.only_differences:
        raise RecoveryRefused(
            f"「{round_.title}」は追給・戻入のみの支給回で、差し引く支給がありません。対象期間のある支給回で決めるか、"
            "この支給回の外で返還の手続きをしてください。"
        )
    reason = reason.strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise RecoveryRefused(f"差し引く理由を{REASON_LENGTH}文字までで入力してください（例: 保護者と協議済み）。")
    if digits_like_number(reason):
        raise RecoveryRefused(REFUSED)
    rows = list(
        Adjustment.objects.select_for_update(of=("self",))
        .filter(round=round_, pupil__member=found.pupil.member_id)
        .order_by("pk")
    )
    if not any(row.pk == found.pk and row.state == Adjustment.State.OPEN for row in rows):
        raise RecoveryRefused("差引きを待っている戻入ではありません。支給回の画面を開き直してください。")
    _accept(rows, reason)
    pupils = sorted({row.pupil_id for row in rows})
    record(
        Event.ROUND_RECOVERY_ACCEPTED,
        subjects=[Subject("round", str(round_.pk)), *(Subject("pupil", str(pupil)) for pupil in pupils)],
        detail={"lines": len(rows), "amount": -found.net},
    )


def _accept(rows: Sequence[Adjustment], reason: str) -> None:
    by, at = current_actor().name, timezone.now()
    for row in rows:
        row.reason, row.accepted_by, row.accepted_at = reason, by, at
        if row.total < 0:
            row.state = Adjustment.State.ACCEPTED
    Adjustment.objects.bulk_update(rows, ["reason", "accepted_by", "accepted_at", "state"])
