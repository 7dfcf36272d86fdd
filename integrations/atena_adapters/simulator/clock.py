"""One clock for everything the simulator does; several simulators may share it through a file, and tests advance it."""

from __future__ import annotations

import json
import os
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

JAPAN = timezone(timedelta(hours=9), "JST")


class Clock:
    """Real time plus an offset in seconds; the file, when given, holds the offset for all who share it."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._offset = 0.0
        self._seen = 0
        self._lock = threading.Lock()

    def now(self) -> float:
        """Seconds since 1970, as the other side sees them."""
        self._look()
        return time.time() + self._offset

    def today(self) -> datetime:
        """The same in Japan."""
        return datetime.fromtimestamp(self.now(), JAPAN)

    def advance(self, seconds: float) -> None:
        """Go forward; it never goes back."""
        if seconds < 0:
            raise ValueError("時計は進めることだけができます。")
        with self._lock:
            self._look()
            self._offset += seconds
            self._write()

    def set_to(self, moment: datetime) -> None:
        """Go to a moment (with time zone) ahead of now, or from a fresh clock to any moment."""
        with self._lock:
            self._offset = moment.timestamp() - time.time()
            self._write()

    def _look(self) -> None:
        if self._path is None:
            return
        try:
            changed = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return
        if changed != self._seen:
            self._offset = float(json.loads(self._path.read_text())["offset_seconds"])
            self._seen = changed

    def _write(self) -> None:
        if self._path is None:
            return
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        fresh.write_text(json.dumps({"offset_seconds": self._offset}))
        fresh.replace(self._path)
        self._seen = self._path.stat().st_mtime_ns
