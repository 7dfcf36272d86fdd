"""Killing a link job at one of its steps, and the next worker that finds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


class Killed(BaseException):
    """Like a signal: no `except Exception` sees it."""


EXCHANGE = "domain.linkage.exchange"
POINTS = {
    "after preparing": ("{work}.submit", "before"),
    "after sending": (f"{EXCHANGE}.batches.mark_sent", "before"),
    "while noting the sending": ("{work}.mark_sent", "after"),
    "after the lines are marked as sent": (f"{EXCHANGE}.running.ExchangeRun._collect", "before"),
    "after collecting": ("{work}.apply", "before"),
    "while taking in": ("{work}.apply", "after"),
    "before clearing": (f"{EXCHANGE}.running.ExchangeRun._clear", "before"),
    "after clearing": (f"{EXCHANGE}.batches.mark_cleared", "before"),
}


def kill_once(monkeypatch: pytest.MonkeyPatch, place: str, when: str) -> Callable[[], bool]:
    module, _, name = place.rpartition(".")
    owner = resolve(module)
    original = getattr(owner, name)
    struck = [False]

    def wrapped(*arguments: Any, **options: Any) -> Any:
        if struck[0]:
            return original(*arguments, **options)
        struck[0] = True
        if when == "after":
            original(*arguments, **options)
        raise Killed

    monkeypatch.setattr(owner, name, wrapped)
    return lambda: struck[0]


def resolve(path: str) -> Any:
    from importlib import import_module

    try:
        return import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(import_module(module), name)


def revive(job: Any) -> Any:
    """Another worker finds the job after the dead one's lease ran out."""
    from datetime import timedelta

    from django.utils import timezone

    from jobs.models import Job
    from jobs.running import run_job

    job.refresh_from_db()
    assert job.state == "running"
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run_job(job.pk)
    job.refresh_from_db()
    return job


def requests(tmp_path: Path) -> list[Any]:
    """What the simulator took, from its own books."""
    from integrations.atena_adapters.simulator.ledger import Ledger
    from integrations.sealed_file import read_key_file

    return Ledger(read_key_file(tmp_path / "key"), tmp_path / "state").batches()
