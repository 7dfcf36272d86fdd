"""When a job last went on, and since when its speed is measured: what an estimate may be made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone


@dataclass(slots=True)
class Pace:
    """`measured_from`: how much was done at `measured_since`. What an earlier run had done is nobody's speed of today."""

    done: int
    total: int | None
    measured_from: int
    measured_since: datetime | None
    moved_at: datetime | None

    def note(self, done: int, total: int | None) -> None:
        """Another list, or one that begins anew, is measured anew."""
        now = timezone.now()
        if self.measured_since is None or total != self.total or done < self.done:
            self.measured_from, self.measured_since, self.moved_at = done, now, None
        elif done > self.done:
            self.moved_at = now
        self.done, self.total = done, total

    def columns(self) -> dict[str, Any]:
        """Of the job's row."""
        return {
            "measured_from": self.measured_from,
            "measured_since": self.measured_since,
            "moved_at": self.moved_at,
        }
