"""What leaves the system: every export, download and print says under one key how much of it there was.

`taken_out` counts rows, documents, lines or events that are about people; 0 for what is about nobody (settings, a public key).
Without it an event of this kind cannot be written, so that whoever compares how much people take out (`audit.detection`) never
has to guess what a page called its count.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from audit.trail.vocabulary import Event

TAKEN_OUT = "taken_out"
APPROVED_AS = "approved_as"
_GROUPS, _ACTS = ("export:", "print:"), (":made", ":downloaded")

LEAVES = frozenset(
    {event for event in Event if event.startswith(_GROUPS) and event.endswith(_ACTS)} | {Event.YEARPACK_WORKBOOK_MADE}
)
"""Every event with which a file or a print is given to somebody, or made to be given."""


class Approved(StrEnum):
    """What of this very content two people agreed on before it could leave."""

    ROUND = "approved_round"
    DECISION = "approved_decision"
    MEDIUM = "approved_medium"


class SizeMissing(ValueError):
    """`trail.size-missing`: an event of `LEAVES` that does not say how much left. A mistake of the program."""

    identifier = "trail.size-missing"

    def __init__(self, event: str) -> None:
        super().__init__(f"持出しの記録「{event}」に、持ち出した件数がありません。ファイルは渡していません。")


def taken(count: int, approved: Approved | None = None) -> dict[str, int | str]:
    """The part of an event's detail that says how much leaves, and which approval of two people stands behind it."""
    return {"taken_out": count} | ({"approved_as": approved.value} if approved else {})


def require_size(event: str, detail: Mapping[str, Any]) -> None:
    """Raises SizeMissing."""
    count = detail.get(TAKEN_OUT)
    if event in LEAVES and (not isinstance(count, int) or isinstance(count, bool) or count < 0):
        raise SizeMissing(event)
