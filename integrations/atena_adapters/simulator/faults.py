"""Faults on demand, each a number of times, for one kind of request or all (`truncated`, `shuffled@inquiry:3`)."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from enum import StrEnum


class Fault(StrEnum):
    """What can go wrong on purpose."""

    HTTP_401 = "http_401"
    HTTP_429 = "http_429"
    HTTP_503 = "http_503"
    TIMEOUT = "timeout"
    TRUNCATED = "truncated"
    DOUBLED_LINE = "doubled_line"
    DOUBLED_FILE = "doubled_file"
    SHUFFLED = "shuffled"
    STRANGER = "stranger"
    CONFLICT = "conflict"
    WRONG_PERSON = "wrong_person"
    BOM = "bom"
    MIXED_NEWLINES = "mixed_newlines"
    LATE_RECEIPT = "late_receipt"
    PARTIAL_UPLOAD = "partial_upload"
    FORGET = "forget"


class Faults:
    """Counts down the faults that were asked for: `name`, `name:times`, `name:*`, each also as `name@kind...`."""

    def __init__(self, wanted: Iterable[str] = ()) -> None:
        self._left: dict[tuple[Fault, str], float] = {}
        self._lock = threading.Lock()
        for text in wanted:
            named, _, times = text.partition(":")
            name, _, kind = named.partition("@")
            self._left[Fault(name), kind] = float("inf") if times == "*" else int(times or 1)

    def strikes(self, fault: Fault, kind: str = "") -> bool:
        """Whether the fault happens now, for an exchange of this kind; each call uses up one time."""
        with self._lock:
            key = next((key for key in ((fault, kind), (fault, "")) if self._left.get(key, 0) > 0), None)
            if key is not None:
                self._left[key] -= 1
            return key is not None
