"""The bytes that people carry: the sealed packages, and the receipts for what came back."""

from __future__ import annotations

import hashlib

from django.utils import timezone

from domain.handover.errors import FileGone
from domain.handover.links import medium_desk
from domain.handover.models import CarriedFile, CarryAct
from integrations.atena_adapters.transports.medium import RELEASED
from integrations.atena_adapters.transports.medium_desk import TakenIn

State = CarriedFile.State


def package(file: CarriedFile) -> bytes:
    """A released package, as it was numbered and sealed. Raises FileGone once the other side confirmed it."""
    _, place = medium_desk()
    if file.direction != CarriedFile.Direction.OUT or file.state not in (State.RELEASED, State.KNOWN):
        raise FileGone
    try:
        data = (place / RELEASED / f"to_atena_{file.sequence:06d}.pkg").read_bytes()
    except OSError:
        raise FileGone from None
    if hashlib.sha256(data).hexdigest() != file.digest:
        raise FileGone
    return data


def receipts(act: CarryAct) -> bytes:
    """`receipts.jsonl` of one 取込; the same bytes whenever it is asked for."""
    at = timezone.localtime(act.confirmed_at or act.proposed_at)
    desk, _ = medium_desk(lambda: at)
    taken = [
        TakenIn(file.name, file.sequence or 0, file.digest, file.state != State.REFUSED, file.reason)
        for file in act.files.order_by("sequence", "pk")
    ]
    return desk.receipts(taken)
