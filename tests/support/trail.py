"""The audit database as tests read it. It keeps what every test before wrote, dated as their clocks stood, tomorrow included."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from audit.trail.reader import Filters, TrailEvent, search


def since(began: datetime, **filters: Any) -> list[TrailEvent]:
    """Events from `began` until now, the newest first. `filters`: as of `Filters`."""
    return search(Filters(since=began, until=timezone.now() + timedelta(seconds=1), **filters))
