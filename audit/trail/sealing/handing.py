"""Handing the trail out: each hour the newest signed head, and to a prefecture that wants it every sealed event.

With each goes the newest head of the platform's own chain (what its operators did), so that whoever runs the platform cannot cut or
bend that one alone: every prefecture holds heads of it.

What was handed out lies in the main database and with the prefecture, so that whoever rewrites the audit database, even with
the key, contradicts it. Sending is at least once: what failed is sent again from where it stopped.
"""

import json
import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.trail.entries import JSON
from audit.trail.models import HandedHead, TrailReceiver
from audit.trail.ocsf import as_ocsf
from audit.trail.recorder import record
from audit.trail.sealing.export import SignedHead, events_of, heads_after, newest_head
from audit.trail.sealing.handed import handed_as, kept, newest_handed
from audit.trail.syslog import Receiver, ReceiverAway, message, send
from audit.trail.vocabulary import Event
from tenants.core.context import require_prefecture
from tenants.core.credentials import CONSOLE
from tenants.core.keys import unseal

logger = logging.getLogger(__name__)

PURPOSE = "trail.receiver"
KEY_PLACE = "trail_trailreceiver:1:key"
EVERY = timedelta(hours=1)
BATCHES_AT_ONCE = 50


def hand_out() -> HandedHead | None:
    """Keep the newest head and send it, once an hour and only if there is a newer one. Raises TrailUnavailable."""
    last = newest_handed()
    if last and timezone.now() - last.handed_at < EVERY:
        return None
    newest = newest_head()
    if newest is None or (last and last.number >= newest.number):
        return None
    platform = newest_head(CONSOLE)
    sent_to = _send_heads(newest, platform)
    with transaction.atomic():
        handed = kept(newest, _text(_as_handed(platform)) if platform else "", sent_to)
        detail: dict[str, JSON] = {"束": newest.number, "送った先": sent_to or "なし"}
        record(Event.TRAIL_HEAD_HANDED, detail=detail | ({"基盤の束": platform.number} if platform else {}))
    return handed


def send_events() -> int:
    """Send the events of batches not yet sent, each batch before its head; returns how many. Raises TrailUnavailable."""
    row = TrailReceiver.objects.filter(is_active=True, sends_events=True).first()
    if row is None:
        return 0
    sent = 0
    for head in heads_after(row.sent_number, BATCHES_AT_ONCE):
        messages = [
            message("event", _text(as_ocsf(event, seq)), head.sealed_at, sender=_sender())
            for seq, event in events_of(head)
        ]
        heads = [] if _was_sent(row, head) else [_head_message(head)]
        if not _deliver(row, [*messages, *heads]):
            break
        sent += len(messages)
        TrailReceiver.objects.filter(pk=row.pk).update(sent_number=head.number)
    return sent


def is_allowed_host(host: str) -> bool:
    """Whether the deployment lets the trail be sent there: a tenant must not make our servers call just anybody."""
    return host in settings.TRAIL_RECEIVER_HOSTS


def _send_heads(own: SignedHead, platform: SignedHead | None) -> str:
    row = TrailReceiver.objects.filter(is_active=True).first()
    if row is None:
        return ""
    messages = [] if row.sends_events and row.sent_number >= own.number else [_head_message(own)]
    messages += [_head_message(platform, "platform-head")] if platform else []
    return str(row) if not messages or _deliver(row, messages) else ""


def _was_sent(row: TrailReceiver, head: SignedHead) -> bool:
    """By the hour, before its events."""
    handed = handed_as(head.number)
    return handed is not None and handed.sent_to == str(row)


def _deliver(row: TrailReceiver, messages: list[bytes]) -> bool:
    try:
        if not is_allowed_host(row.host):
            raise ReceiverAway("host not allowed")
        key = unseal(PURPOSE, bytes(row.sealed_key), KEY_PLACE) if row.sealed_key else b""
        send(Receiver(row.host, row.port, row.authority, row.certificate, key), messages)
    except ReceiverAway as error:
        logger.warning("trail: the receiver is away (%s)", error)
        if row.failure != str(error):
            record(Event.TRAIL_HEAD_FAILED, detail={"送り先": str(row), "理由": str(error)})
        TrailReceiver.objects.filter(pk=row.pk).update(failure=str(error))
        return False
    TrailReceiver.objects.filter(pk=row.pk).update(failure="", sent_at=timezone.now())
    return True


def _head_message(head: SignedHead, kind: str = "head") -> bytes:
    return message(kind, _text(_as_handed(head)), head.sealed_at, sender=_sender())


def _as_handed(head: SignedHead) -> dict[str, str]:
    return head.as_json() | {"public_key": head.public_key}


def _sender() -> str:
    return f"{require_prefecture().slug}.{settings.BASE_DOMAIN}"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
