"""What number pages ask for beyond the permission: the yearly confirmation of duties, and the place (取扱区域)."""

from __future__ import annotations

from enum import StrEnum

from accounts import duties
from accounts.address import is_within
from accounts.models import RegisteredTerminal, TenantNetwork, User
from accounts.permissions import NUMBER_PERMISSIONS, Permission


class Closed(StrEnum):
    """Why number pages are closed to somebody who holds the permission."""

    DUTIES = "duties"
    NETWORK = "network"
    TERMINAL = "terminal"


PLACE_WORDS = {
    Closed.NETWORK: "番号を扱う画面は、登録した庁内の回線からだけ開けます。庁内の端末で行ってください。",
    Closed.TERMINAL: "番号を扱う画面は、登録した端末でだけ開けます。登録した端末で行うか、端末の登録を頼んでください。",
}


def why_closed(user: User, permission: Permission | None, terminal: str, address: str | None) -> Closed | None:
    """None when open, and for every page that shows no numbers."""
    if permission not in NUMBER_PERMISSIONS:
        return None
    return closed_place(terminal, address) or (None if duties.confirmed_until(user) else Closed.DUTIES)


def closed_place(terminal: str, address: str | None) -> Closed | None:
    """Whether this is outside of where numbers may be handled. As long as nothing is registered, nothing is outside."""
    networks = list(TenantNetwork.objects.values_list("cidr", flat=True))
    if networks and not is_within(address, networks):
        return Closed.NETWORK
    terminals = set(RegisteredTerminal.objects.values_list("terminal", flat=True))
    return Closed.TERMINAL if terminals and terminal not in terminals else None
