"""Batches that nobody answered in time, or that are with an earlier vendor: how many, who is on them, and the act that ends the waiting.

What becomes of the lines is what each kind does with 「期限切れ」 already: an inquiry can be replaced by a certificate or asked again (and
still takes a late answer), a registration or change can be sent again, a copy is 結果不明 until somebody looked at the terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Min, QuerySet

from accounts.permissions import Permission
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage.errors import StillWaiting
from domain.linkage.exchange import batches, overdue
from domain.linkage.exchange.adapters import versions_elsewhere
from domain.linkage.exchange.checking import Checking
from domain.linkage.exchange.inquiring import Inquiring
from domain.linkage.exchange.jobs import DUTY
from domain.linkage.exchange.registering import Registering
from domain.linkage.exchange.updating import Updating
from domain.linkage.exchange.withdrawing import Withdrawing
from domain.linkage.exchange.work import Work
from domain.linkage.incoming import abandoning
from domain.linkage.incoming.releasing import Releasing
from domain.linkage.models import Batch
from domain.linkage.providing.sending import Providing
from integrations.atena_adapters.port import Collection, Expired, NotAccepted, Outcome

_WORKS: Mapping[str, Callable[[int, str], Work]] = {
    Batch.Kind.REGISTER: Registering,
    Batch.Kind.UPDATE: Updating,
    Batch.Kind.WITHDRAW: Withdrawing,
    Batch.Kind.CHECK: Checking,
    Batch.Kind.INQUIRE: Inquiring,
    Batch.Kind.PROVIDE: Providing,
    Batch.Kind.RELEASE: Releasing,
}
"""All kinds but the lists, which have no lines."""

AFTERWARDS: Mapping[str, str] = {
    Batch.Kind.REGISTER: "その人たちは「付番不可」になり、「付番不可の分をやり直す」で送り直せます。",
    Batch.Kind.UPDATE: "その人たちの画面の「断られた分をもう一度送る」で送り直せます。",
    Batch.Kind.WITHDRAW: "その人たちの画面の「断られた分をもう一度送る」で送り直せます。",
    Batch.Kind.CHECK: "符号は、次の確認でもう一度確かめます。",
    Batch.Kind.INQUIRE: "照会は「期限切れ」になり、証明書で代替するか、もう一度照会できます。後から届いた回答も取り込みます。",
    Batch.Kind.PROVIDE: "副本は「結果不明」になり、中間サーバーの端末で確かめて結果を記録します。",
    Batch.Kind.RELEASE: "回答は「回答不可」になります。中間サーバーの端末で回答してください。",
    Batch.Kind.LIST: "同じ期間の一覧を、次の受領でもう一度求めます。",
}
"""What becomes of the lines when nobody waits any longer."""

OVERDUE = "overdue"
MOVED = "moved"
_CAUSES: Mapping[str, str] = {
    OVERDUE: "期限を過ぎても回答がないため、",
    MOVED: "接続先が変わったため、前の接続先の回答を",
}


def overdue_batches() -> QuerySet[Batch]:
    """Sent, past their time, not answered whole."""
    return overdue.past_window(Batch.objects.filter(state=Batch.State.SENT))


def overdue_since() -> tuple[int, datetime | None]:
    """How many, and since when the first of them is out. One query."""
    found = overdue_batches().aggregate(number=Count("pk"), since=Min("sent_at"))
    return found["number"], found["since"]


def left_behind() -> QuerySet[Batch]:
    """Sent to a destination that is no longer in force, not answered whole. An answer still counts, but no one may be left there."""
    return Batch.objects.filter(state=Batch.State.SENT, adapter_version__in=versions_elsewhere())


def why_stoppable(batch: Batch) -> str:
    """Why people may stop waiting for it: OVERDUE, MOVED (not to be waited for at all), or "" while they may not."""
    if left_behind().filter(pk=batch.pk).exists():
        return MOVED
    return OVERDUE if overdue_batches().filter(pk=batch.pk).exists() else ""


def stop_waiting(batch_id: UUID, note: str) -> Batch:
    """Nobody waits any longer. Raises StillWaiting for a batch that is neither overdue (any more) nor with an earlier vendor."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch_id)
        if not (cause := why_stoppable(batch)):
            raise StillWaiting
        record(
            Event.LINKAGE_EXCHANGE_ABANDONED,
            subjects=[Subject("file", str(batch.pk))],
            detail={"kind": batch.kind, "lines": batch.size, "cause": cause, "reason": note},
            allowed_by=Permission.RUN_LINKAGE.value,
            case=batches.case_of(batch),
        )
        if batch.kind == Batch.Kind.LIST:
            abandoning.end(batch)
        else:
            _end(batch, f"{_CAUSES[cause]}待つのをやめました（{note}）。")
    return batch


def _end(batch: Batch, why: str) -> None:
    outcome: Outcome = NotAccepted(why) if batch.kind == Batch.Kind.RELEASE else Expired(why, overdue=True)
    lines = {line.line_id: outcome for line in batches.receipt_of(batch).lines}
    _WORKS[batch.kind](batch.fiscal_year, DUTY).apply(batch, Collection(str(batch.pk), lines))
    batches.mark_stopped(batch)
