"""Runs the years of several prefectures side by side: each year yields the jobs it waits for, the workers do them.

A year is a generator that runs inside its prefecture. It starts jobs and yields a `Stage`; when all jobs of the stage have
succeeded it is asked for the next. Nothing is remembered here: jobs have keys, so a second run finds them done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from jobs.models import Job
from jobs.states import GIVEN_UP, State
from tenants.core.context import prefecture_context
from tenants.core.models import Prefecture

POLL_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Stage:
    """Jobs to wait for, under a Japanese title."""

    title: str
    jobs: Sequence[Job] = ()


class StageFailed(RuntimeError):
    """A job of the demo failed; its own message says why and what to do."""


@dataclass(slots=True)
class Runner:
    prefecture: Prefecture
    stages: Iterator[Stage]
    bar: TaskID
    waiting: list[UUID] = field(default_factory=list)
    finished: bool = False


Year = Callable[[Prefecture], Iterator[Stage]]


def run_side_by_side(prefectures: Sequence[Prefecture], year: Year, console: Console) -> None:
    """Returns when every prefecture's year has ended. Raises StageFailed with the job's own words."""
    columns = (
        TextColumn("{task.fields[name]:　<9}"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, refresh_per_second=4) as progress:
        runners = [
            Runner(prefecture, year(prefecture), progress.add_task("準備", total=None, name=prefecture.name))
            for prefecture in prefectures
        ]
        while not all(runner.finished for runner in runners):
            for runner in runners:
                if not runner.finished:
                    with prefecture_context(runner.prefecture):
                        _turn(runner, progress)
            time.sleep(POLL_SECONDS)


def _turn(runner: Runner, progress: Progress) -> None:
    if runner.waiting and not _all_done(runner, progress):
        return
    stage = next(runner.stages, None)
    if stage is None:
        runner.finished = True
        progress.update(runner.bar, description="完了", total=1, completed=1)
        return
    runner.waiting = [job.pk for job in stage.jobs]
    progress.update(runner.bar, description=stage.title, completed=0, total=None)


def _all_done(runner: Runner, progress: Progress) -> bool:
    jobs = Job.objects.filter(pk__in=runner.waiting)
    # Asked for three times a second: whole rows of ninety jobs took 4.0 ms, these columns 0.7.
    rows = list(jobs.values_list("state", "total", "done"))
    if any(state in GIVEN_UP for state, _, _ in rows):
        job = jobs.filter(state__in=GIVEN_UP)[0]
        raise StageFailed(f"{runner.prefecture.name}: {job.title}: {job.error}（{job.error_id}）")
    finished = [state == State.SUCCEEDED for state, _, _ in rows]
    completed = sum((total or 1) if ended else done for ended, (_, total, done) in zip(finished, rows, strict=True))
    progress.update(runner.bar, completed=completed, total=sum(total or 1 for _, total, _ in rows))
    return all(finished)
