"""A journal of what people did with a medium: one JSON line for each act, only ever added to."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Journal:
    """The file `journal.jsonl` of one exchange folder.  Holds no person's data."""

    def __init__(self, place: Path) -> None:
        self._path = place / "journal.jsonl"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps other processes from numbering at the same time."""
        with self._path.with_name("journal.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def entries(self) -> list[dict[str, Any]]:
        """All acts, oldest first; a line that a crash cut short is left out."""
        found: list[dict[str, Any]] = []
        for line in self._path.read_text("utf-8").splitlines() if self._path.exists() else []:
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found

    def add(self, **entry: object) -> None:
        """One act, on the disk before this returns."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write((json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())
