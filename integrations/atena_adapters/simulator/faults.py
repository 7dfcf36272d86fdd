"""Faults on demand, each a number of times (`truncated`, `truncated:3`, `shuffled:*`)."""

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
    """Counts down the faults that were asked for."""

    def __init__(self, wanted: Iterable[str] = ()) -> None:
        self._left: dict[Fault, float] = {}
        self._lock = threading.Lock()
        for text in wanted:
            name, _, times = text.partition(":")
            self._left[Fault(name)] = float("inf") if times == "*" else int(times or 1)

    def strikes(self, fault: Fault) -> bool:
        """Whether the fault happens now; each call uses up one time."""
        with self._lock:
            if self._left.get(fault, 0) <= 0:
                return False
            self._left[fault] -= 1
            return True
