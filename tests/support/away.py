"""A database that is not there: what runs here connects to a port where nobody listens."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from django.db import connections

from ops.embedded.ports import free_port

T = TypeVar("T")


def at_closed_port(ask: Callable[[], T]) -> T:
    """In a thread of its own, all of whose connections lead there."""

    def run() -> T:
        try:
            away: Any = connections["default"].copy()  # settings are shared by all threads
            away.settings_dict["PORT"] = free_port(Path("/nonexistent"))
            connections["default"] = away
            return ask()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(run).result()
