"""What number pages ask for beyond the permission: the place (取扱区域), an authenticator that is not of today, and the yearly
confirmation of duties."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.utils import timezone

from accounts import duties
from accounts.address import is_within
from accounts.models import RegisteredTerminal, TenantNetwork, User
from accounts.permissions import NUMBER_PERMISSIONS, Permission


class Closed(StrEnum):
    """Why number pages are closed to somebody who holds the permission."""

    DUTIES = "duties"
    NETWORK = "network"
    TERMINAL = "terminal"
    FACTOR = "factor"


FACTOR_AGE: Final = timedelta(hours=24)
"""So long after an activation code was issued or an authenticator changed nobody sees, types, imports or carries a number."""


CLOSED_WORDS = {
    Closed.FACTOR: (
        "利用開始コードの発行または認証器の変更から24時間は、番号を扱う画面を開けません。"
        "急ぐときは、ほかの個人番号取扱者に依頼してください。"
    ),
    Closed.NETWORK: "番号を扱う画面は、登録した庁内の回線からだけ開けます。庁内の端末で行ってください。",
    Closed.TERMINAL: "番号を扱う画面は、登録した端末でだけ開けます。登録した端末で行うか、端末の登録を頼んでください。",
}


def why_closed(user: User, permission: Permission | None, terminal: str, address: str | None) -> Closed | None:
    """None when open, and for every page that shows no numbers."""
    if permission not in NUMBER_PERMISSIONS:
        return None
    if place := closed_place(terminal, address):
        return place
    if has_new_factor(user):
        return Closed.FACTOR
    return None if duties.confirmed_until(user) else Closed.DUTIES


def has_new_factor(user: User) -> bool:
    """Whether whoever logs in as this person may be somebody who has just been given their place."""
    return timezone.now() - user.factor_changed_at < FACTOR_AGE


def closed_place(terminal: str, address: str | None) -> Closed | None:
    """Whether this is outside of where numbers may be handled. As long as nothing is registered, nothing is outside."""
    networks = list(TenantNetwork.objects.values_list("cidr", flat=True))
    if networks and not is_within(address, networks):
        return Closed.NETWORK
    terminals = set(RegisteredTerminal.objects.values_list("terminal", flat=True))
    return Closed.TERMINAL if terminals and terminal not in terminals else None
