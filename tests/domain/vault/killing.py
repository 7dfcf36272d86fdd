"""A process that is killed at a place of one's choice, and the next worker that finds its job."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.utils import timezone


class Killed(BaseException):
    """Like a signal: no `except Exception` sees it."""


def kill_at_call(monkeypatch: pytest.MonkeyPatch, place: str, call: int, *, when: str = "before") -> None:
    """Die at the n-th call (from 1) of `module.name`, before it begins or after it has done its work; once."""
    module, _, name = place.rpartition(".")
    owner = import_module(module)
    original, calls = getattr(owner, name), [0]

    def wrapped(*arguments: Any, **options: Any) -> Any:
        calls[0] += 1
        if calls[0] == call and when == "before":
            raise Killed
        result = original(*arguments, **options)
        if calls[0] == call:
            raise Killed
        return result

    monkeypatch.setattr(owner, name, wrapped)


def revive(job: Any) -> Any:
    """Another worker takes the job after the dead one's lease ran out."""
    from jobs.models import Job
    from jobs.running import run_job

    job.refresh_from_db()
    assert job.state == "running"
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    return worked_off(job, run_job)


def worked_off(job: Any, run: Any = None) -> Any:
    from jobs.running import run_job

    (run or run_job)(job.pk)
    job.refresh_from_db()
    return job
