"""Whether a version is affected, as OSV's schema says, with versions compared as PEP 440 does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from packaging.version import InvalidVersion, Version

_LOWEST = Version("0.dev0")
_ORDERED = ("ECOSYSTEM", "SEMVER")
"""Kinds of ranges made of versions; the third, GIT, is made of commits."""


class RangeUnreadable(Exception):
    """`security.advisory-range-unreadable`: an advisory about a locked package that nothing can be compared with."""

    identifier = "security.advisory-range-unreadable"


def is_affected(version: Version, affected: Mapping[str, Any]) -> bool:
    """Named among its versions, or within one of its ranges. Raises RangeUnreadable."""
    return any(_is_same(version, named) for named in affected.get("versions") or ()) or any(
        _is_within(version, events) for events in _ranges(affected)
    )


def fixed_after(version: Version, affected: Mapping[str, Any]) -> Version | None:
    """The lowest version with the mend that is above this one; None where none is told. Raises RangeUnreadable."""
    fixes = [place for events in _ranges(affected) for place, kind in events if kind == "fixed" and place > version]
    return min(fixes, default=None)


def _ranges(affected: Mapping[str, Any]) -> list[list[tuple[Version, str]]]:
    return [
        sorted(_events(one.get("events") or ()), key=lambda event: event[0])
        for one in affected.get("ranges") or ()
        if one.get("type") in _ORDERED
    ]


def _events(told: Iterable[Mapping[str, str]]) -> Iterable[tuple[Version, str]]:
    for event in told:
        for kind, place in event.items():
            yield _read(kind, str(place)), kind


def _read(kind: str, place: str) -> Version:
    if kind == "introduced" and place == "0":
        return _LOWEST
    try:
        return Version(place)
    except InvalidVersion as error:
        raise RangeUnreadable(place) from error


def _is_within(version: Version, events: Iterable[tuple[Version, str]]) -> bool:
    is_in = False
    for place, kind in events:
        if kind == "introduced" and version >= place:
            is_in = True
        elif (kind in ("fixed", "limit") and version >= place) or (kind == "last_affected" and version > place):
            is_in = False
    return is_in


def _is_same(version: Version, named: object) -> bool:
    try:
        return Version(str(named)) == version
    except InvalidVersion:
        return False  # no locked version reads like this
