"""Where a request comes from. A header is believed only when our own proxy wrote it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest

from accounts.text import shortened


def client_address(request: HttpRequest) -> str | None:
    """The client's address, for the record only: nobody is locked out by address (a prefecture comes from one NAT).

    `settings.TRUSTED_PROXY` is one address or network, or several separated by commas. Behind it the last entry of
    X-Forwarded-For that is no proxy of ours counts; from anybody else the header is ignored.
    """
    remote = _address(request.META.get("REMOTE_ADDR", ""))
    if remote is None or not _is_proxy(remote):
        return str(remote) if remote else None
    for entry in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = _address(entry)
        if address is None:
            return str(remote)
        if not _is_proxy(address):
            return str(address)
    return str(remote)


def is_within(address: str | None, networks: Iterable[str]) -> bool:
    """Whether the address lies in one of the networks. An address that is not known lies in none."""
    known = ipaddress.ip_address(address) if address else None
    return known is not None and any(known in ipaddress.ip_network(one) for one in networks)


def client_agent(request: HttpRequest) -> str:
    return shortened(request.headers.get("User-Agent", ""), 200)


def _is_proxy(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    configured = settings.TRUSTED_PROXY or ""
    return any(address in ipaddress.ip_network(entry.strip(), strict=False) for entry in configured.split(",") if entry)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None
