"""Registering where numbers may be handled, and taking it back."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import AccountError
from accounts.models import RegisteredTerminal, TenantNetwork
from accounts.second_person import require_second_person
from accounts.services import notices
from audit.trail.actors import current_actor
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

_TERMINAL = re.compile(r"T-[0-9A-Z]{4}-[0-9A-Z]{4}")
KNOWN: Final = "既に登録されています。一覧を確かめてください。"
GONE: Final = "この登録は既に外されています。一覧を確かめてください。"
Place = TenantNetwork | RegisteredTerminal
P = TypeVar("P", TenantNetwork, RegisteredTerminal)
WIDEST: Final = {4: 16, 6: 48}
"""The shortest prefix that may be registered, by IP version: 65,536 addresses of a board's own lines, or one IPv6 site."""


class PlaceRefused(AccountError):
    """`accounts.place-refused`: no address range, no 端末ID, or registered already."""

    identifier = "accounts.place-refused"


def network_of(cidr: str) -> str:
    """`cidr` like 10.20.0.0/16, as it is kept. Raises PlaceRefused: unreadable, or wider than WIDEST."""
    try:
        network = ipaddress.ip_network(cidr.strip())
    except ValueError as error:
        raise PlaceRefused("アドレスの範囲が読めません（例: 10.20.0.0/16）。端数のビットは0にしてください。") from error
    if network.prefixlen < WIDEST[network.version]:
        raise PlaceRefused(
            f"アドレスの範囲 {network} は広すぎます。登録できるのは、IPv4は/{WIDEST[4]}まで、IPv6は/{WIDEST[6]}までの範囲です。"
            "庁内の回線ごとに分けて登録してください。"
        )
    return str(network)


def terminal_of(typed: str) -> str:
    """The 端末ID as it is kept. Raises PlaceRefused."""
    canonical = typed.strip().upper()
    if not _TERMINAL.fullmatch(canonical):
        raise PlaceRefused("端末IDが違います（例: T-ABCD-EFGH）。その端末の「自分のアカウント」に表示されています。")
    return canonical


def add_network(cidr: str, name: str) -> TenantNetwork:
    """`cidr` like 10.20.0.0/16. Raises PlaceRefused, NeedsSecondPerson."""
    return _add(TenantNetwork(cidr=network_of(cidr), name=name), "network")


def add_terminal(terminal: str, name: str) -> RegisteredTerminal:
    """`terminal` as the person sees it at 自分のアカウント (T-ABCD-EFGH). Raises PlaceRefused, NeedsSecondPerson."""
    return _add(RegisteredTerminal(terminal=terminal_of(terminal), name=name), "terminal")


ADD: Final[dict[str, Callable[[str, str], Place]]] = {"network": add_network, "terminal": add_terminal}
"""By kind."""


def require_new(kind: str, typed: str) -> str:
    """What would be kept. Raises PlaceRefused: unreadable, too wide, or registered already."""
    value = network_of(typed) if kind == "network" else terminal_of(typed)
    known = (
        TenantNetwork.objects.filter(cidr=value)
        if kind == "network"
        else RegisteredTerminal.objects.filter(terminal=value)
    )
    if known.exists():
        raise PlaceRefused(KNOWN)
    return value


def find(kind: str, place_id: int) -> Place | None:
    """`kind`: network or terminal."""
    model = TenantNetwork if kind == "network" else RegisteredTerminal
    return model.objects.filter(pk=place_id).first()


def require(kind: str, place_id: int) -> Place:
    """Raises PlaceRefused when it is gone."""
    place = find(kind, place_id)
    if place is None:
        raise PlaceRefused(GONE)
    return place


def is_last(place: Place) -> bool:
    """Whether no other place of this kind is registered: without it, nothing is outside any more."""
    return not type(place).objects.exclude(pk=place.pk).exists()


def remove(place: Place, *, as_the_last: bool = False) -> None:
    """From now on this is no place for numbers. Raises PlaceRefused, NeedsSecondPerson.

    With the last one of its kind nothing is outside any more: that has to be said (`as_the_last`), and everybody who
    manages or approves accounts gets a notice (お知らせ) of it.
    """
    require_second_person()
    kind = "network" if isinstance(place, TenantNetwork) else "terminal"
    with transaction.atomic():
        rows = set(type(place).objects.select_for_update().values_list("pk", flat=True))
        if place.pk not in rows:
            raise PlaceRefused(GONE)
        last = rows == {place.pk}
        if last and not as_the_last:
            raise PlaceRefused(
                "これが最後の登録になりました。画面を開き直し、外した後のことを確かめてから行ってください。"
            )
        record(Event.ACCOUNT_PLACE_CHANGED, detail={"removed": str(place), "kind": kind, "last": last})
        place.delete()
        if last:
            notices.tell_of_places(f"last_{kind}")


def _add(place: P, kind: str) -> P:
    require_second_person()
    place.added_by, place.added_at = current_actor().name[:80], timezone.now()
    try:
        with transaction.atomic():
            place.save(force_insert=True)
            record(Event.ACCOUNT_PLACE_CHANGED, detail={"added": str(place), "kind": kind})
    except IntegrityError as error:
        raise PlaceRefused(KNOWN) from error
    return place
