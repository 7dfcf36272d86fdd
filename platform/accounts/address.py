"""Where a request comes from. A header is believed only when our own proxy wrote it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest

from accounts.text import shortened


def client_address(request: HttpRequest) -> str | None:
    """The client's address, for the record only: nobody is locked out by address (a prefecture comes from one NAT).

    `settings.TRUSTED_PROXIES` are networks, read when the process starts. Behind them the last entry of X-Forwarded-For
    that is no proxy of ours counts, with or without a port; from anybody else the header is ignored. An entry that cannot
    be read makes the address unknown: the proxy's own would stand inside the prefecture's network.
    """
    remote = _address(request.META.get("REMOTE_ADDR", ""))
    if remote is None or not _is_proxy(remote):
        return str(remote) if remote else None
    for entry in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if not entry.strip():
            continue
        address = _address(_without_port(entry))
        if address is None:
            return None
        if not _is_proxy(address):
            return str(address)
    return str(remote)


def is_within(address: str | None, networks: Iterable[str]) -> bool:
    """Whether the address lies in one of the networks. An address that is not known lies in none."""
    known = ipaddress.ip_address(address) if address else None
    return known is not None and any(known in ipaddress.ip_network(one) for one in networks)


def network_of_address(address: str | None) -> str:
    """The /24 (IPv6: /64) of an address: behind one the addresses of an office change daily. Empty when it is not known."""
    if not address:
        return ""
    parsed = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 64), strict=False))


def client_agent(request: HttpRequest) -> str:
    return shortened(request.headers.get("User-Agent", ""), 200)


def _is_proxy(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return is_within(str(address), settings.TRUSTED_PROXIES)


def _without_port(entry: str) -> str:
    """`192.0.2.1:50123` and `[2001:db8::1]:50123`, as several proxies write them, are those addresses."""
    bare = re.fullmatch(r"\[([^\]]+)\](?::\d+)?|([^:]*):\d+", entry.strip())
    return (bare[1] or bare[2]) if bare else entry


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An IPv4 address that came over a socket of both kinds (`::ffff:192.0.2.1`) is that IPv4 address."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
