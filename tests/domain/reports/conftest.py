"""Pages need collected static files, and what the trail hears is kept for looking at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def static_files(settings: Any, tmp_path: Path) -> None:
    """The place of collected static files is there, as in a deployment."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Accesses on their way to the audit database, kept here instead."""
    rows: list[dict[str, Any]] = []
    monkeypatch.setattr("audit.trail.store.insert", lambda new, **_: rows.extend(map(json.loads, new)))
    return rows
