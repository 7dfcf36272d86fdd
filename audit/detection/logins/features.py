"""What a log-in shows of the machine: terminal id, network, browser and system. No place on the globe, no reputation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from accounts.address import network_of_address

TITLES = {"terminal": "端末", "network": "接続元", "browser": "ブラウザ", "system": "端末の種類"}
UNKNOWN = "不明"

_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Version", "Safari"))
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iOS"), ("Mac OS", "macOS"))

Features: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Login:
    """One past log-in. `seconds` since 1970. `is_usual`: it adds to what is usual; else it is only counted among those that are no
    cause for an alert, however rare."""

    person: str
    section: str
    seconds: int
    features: Features
    is_usual: bool = True


def features_of(terminal: str, address: str | None, agent: str) -> dict[str, str]:
    """The features by name. The network is /24 (IPv6: /64)."""
    return {
        "terminal": terminal or UNKNOWN,
        "network": network_of_address(address) or UNKNOWN,
        "browser": _browser(agent),
        "system": next((name for mark, name in (*_SYSTEMS, ("Linux", "Linux")) if mark in agent), UNKNOWN),
    }


def _browser(agent: str) -> str:
    """Name and main version: an update to the next one is no other browser for long (`rollouts`)."""
    for mark, name in _BROWSERS:
        if found := re.search(rf"{mark}/(\d+)", agent):
            return f"{name} {found[1]}"
    return UNKNOWN
