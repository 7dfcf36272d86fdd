"""What came back by hand goes to the job that takes answers in: the same job that made the request."""

from __future__ import annotations

from collections.abc import Iterable

from domain.linkage import underway
from domain.linkage.models import Batch
from jobs.models import Job


def start_collecting(batches: Iterable[Batch]) -> list[Job]:
    """Start (or find) the jobs that collect these batches, with the operator that the batches were made with."""
    jobs: dict[object, Job] = {}
    for batch in batches:
        if batch.state != Batch.State.SENT and (batch.cleared_at or batch.given_up_at):
            continue
        job = underway.start_collecting(batch)
        jobs[job.pk] = job
    return list(jobs.values())
