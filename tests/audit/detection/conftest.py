"""A clock that stands where a test puts it, and people who log in for real."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

import pytest

from audit.detection.calendar import TOKYO


def tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], datetime]:
    """`at("2026-11-20T23:41")`: from here on it is that moment in Japan."""

    def put(text: str) -> datetime:
        moment = tokyo(text)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        return moment

    return put


@pytest.fixture
def hours(in_a: Any) -> Any:
    """7:00–21:00, as a new prefecture has them."""
    from audit.detection.models import ServiceHours

    return ServiceHours.objects.update_or_create(
        pk=ServiceHours.ONLY, defaults={"opens_at": time(7), "closes_at": time(21)}
    )[0]
