"""What the trail hears is kept for looking at."""

from __future__ import annotations

import json
from typing import Any

import pytest


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Accesses on their way to the audit database, kept here instead."""
    rows: list[dict[str, Any]] = []
    monkeypatch.setattr("audit.trail.store.insert", lambda new, **_: rows.extend(map(json.loads, new)))
    return rows
