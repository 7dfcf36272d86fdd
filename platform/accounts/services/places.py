"""Registering where numbers may be handled, and taking it back."""

from __future__ import annotations

import ipaddress
import re
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import AccountError
from accounts.models import RegisteredTerminal, TenantNetwork
from audit.trail.actors import current_actor
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

_TERMINAL = re.compile(r"T-[0-9A-Z]{4}-[0-9A-Z]{4}")
Place = TenantNetwork | RegisteredTerminal
P = TypeVar("P", TenantNetwork, RegisteredTerminal)


class PlaceRefused(AccountError):
    """`accounts.place-refused`: no address range, no 端末ID, or registered already."""

    identifier = "accounts.place-refused"


def add_network(cidr: str, name: str) -> TenantNetwork:
    """`cidr` like 10.20.0.0/16. Raises PlaceRefused."""
    try:
        network = str(ipaddress.ip_network(cidr.strip()))
    except ValueError as error:
        raise PlaceRefused("アドレスの範囲が読めません（例: 10.20.0.0/16）。端数のビットは0にしてください。") from error
    return _add(TenantNetwork(cidr=network, name=name), "network")


def add_terminal(terminal: str, name: str) -> RegisteredTerminal:
    """`terminal` as the person sees it at 自分のアカウント (T-ABCD-EFGH). Raises PlaceRefused."""
    canonical = terminal.strip().upper()
    if not _TERMINAL.fullmatch(canonical):
        raise PlaceRefused("端末IDが違います（例: T-ABCD-EFGH）。その端末の「自分のアカウント」に表示されています。")
    return _add(RegisteredTerminal(terminal=canonical, name=name), "terminal")


def remove(place: Place) -> None:
    """From now on this is no place for numbers; with the last one of its kind nothing is outside any more."""
    with transaction.atomic():
        record(Event.ACCOUNT_PLACE_CHANGED, detail={"removed": str(place)})
        place.delete()


def _add(place: P, kind: str) -> P:
    place.added_by, place.added_at = current_actor().name[:80], timezone.now()
    try:
        with transaction.atomic():
            place.save(force_insert=True)
            record(Event.ACCOUNT_PLACE_CHANGED, detail={"added": str(place), "kind": kind})
    except IntegrityError as error:
        raise PlaceRefused("既に登録されています。一覧を確かめてください。") from error
    return place
