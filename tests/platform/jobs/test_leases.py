"""Workers that try at the same moment, each on its own connection: one wins."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from jobs import leases
from jobs.errors import LeaseLost
from jobs.handle import JobHandle
from jobs.models import Job
from jobs.running import Outcome, run_job
from jobs.services import start
from tenants.core.context import prefecture_context

Kind = Callable[..., str]


def in_threads(number: int, prefecture: Any, work: Callable[[], Any]) -> list[Any]:
    """Run `work` in threads, all starting together, each inside the prefecture on a connection of its own."""
    barrier = threading.Barrier(number)

    def one(_: int) -> Any:
        try:
            with prefecture_context(prefecture):
                barrier.wait(timeout=20)
                return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def test_of_workers_that_try_at_once_one_takes_the_job(really_in_a: Any, kind: Kind) -> None:
    job = start(kind(lambda handle: None), {}, key=str(uuid.uuid4()))
    taken = in_threads(6, really_in_a, lambda: leases.take(job.pk))
    winners = [row for row in taken if row is not None]
    assert len(winners) == 1
    job.refresh_from_db()
    assert (job.lease_token, job.attempts) == (winners[0].lease_token, 1)
    assert job.history.filter(after="running").count() == 1


def test_of_workers_that_run_at_once_one_does_the_work(really_in_a: Any, kind: Kind) -> None:
    done: list[int] = []

    def work(handle: Any) -> None:
        done.append(handle.attempt)
        time.sleep(0.2)

    job = start(kind(work), {}, key=str(uuid.uuid4()))
    outcomes = Counter(in_threads(5, really_in_a, lambda: run_job(job.pk)))
    assert outcomes == {Outcome.SUCCEEDED: 1, Outcome.NOT_FREE: 4}
    assert done == [1]


def test_starts_at_once_with_one_key_make_one_job(really_in_a: Any, kind: Kind) -> None:
    name, key = kind(lambda handle: None), str(uuid.uuid4())
    made = in_threads(5, really_in_a, lambda: start(name, {"n": 1}, key=key).pk)
    assert len(set(made)) == 1
    assert Job.objects.filter(key=key).count() == 1


def test_while_a_transaction_is_fenced_nobody_takes_the_job(really_in_a: Any, kind: Kind) -> None:
    """Even after the lease ran out: the other worker waits, and then finds the work of this one committed."""
    job = start(kind(lambda handle: None), {}, key=str(uuid.uuid4()))
    taken = leases.take(job.pk)
    assert taken is not None
    handle = JobHandle(taken)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    order: list[str] = []

    def other() -> None:
        leases.take(job.pk)
        order.append("taken")

    with transaction.atomic():
        handle.fence()
        thread = threading.Thread(target=lambda: in_threads(1, really_in_a, other))
        thread.start()
        time.sleep(0.3)
        order.append("committed")
    thread.join()
    assert order == ["committed", "taken"]
    with pytest.raises(LeaseLost), transaction.atomic():
        handle.fence()


def test_renewing_keeps_a_long_job_from_being_taken(really_in_a: Any, kind: Kind, settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 1
    job = start(kind(lambda handle: None), {}, key=str(uuid.uuid4()))
    taken = leases.take(job.pk)
    assert taken is not None
    handle = JobHandle(taken)
    for number in range(8):
        time.sleep(0.25)
        handle.advance(number)
        assert leases.take(job.pk) is None
    time.sleep(1.2)
    assert leases.take(job.pk) is not None
