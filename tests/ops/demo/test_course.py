"""What the demo asks of the jobs it waits for: how far they are, whether all are done, and what one that failed says."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from rich.progress import Progress

from jobs.models import Job
from jobs.states import State
from ops.demo.course import Runner, StageFailed, _all_done


def made(at: int, state: State, total: int | None, done: int) -> Job:
    finished_at = None if state == State.QUEUED else timezone.now()
    job = Job(scope="s", kind="k", key=str(at), title=f"処理{at}", args={}, finished_at=finished_at, error="故障")
    job.state, job.total, job.done = state, total, done
    job.save()
    return job


def waiting_for(prefecture: Any, *rows: tuple[State, int | None, int]) -> tuple[Runner, Progress]:
    ids = [made(at, *row).pk for at, row in enumerate(rows)]
    progress = Progress(disable=True)
    return Runner(prefecture, iter(()), progress.add_task(""), ids), progress


def test_a_stage_is_done_when_all_its_jobs_succeeded(in_a: Any) -> None:
    runner, progress = waiting_for(in_a, (State.SUCCEEDED, 5, 4), (State.SUCCEEDED, None, 0), (State.QUEUED, 10, 3))
    assert not _all_done(runner, progress)
    (task,) = progress.tasks
    assert (task.completed, task.total) == (9, 16)
    Job.objects.update(state=State.SUCCEEDED, finished_at=timezone.now())
    assert _all_done(runner, progress)
    assert task.completed == task.total == 16


def test_a_job_that_failed_stops_it_with_its_own_words(in_a: Any) -> None:
    runner, progress = waiting_for(in_a, (State.SUCCEEDED, 1, 1), (State.FAILED, 10, 3))
    with pytest.raises(StageFailed, match="処理1: 故障"):
        _all_done(runner, progress)
