"""Real Celery workers on a real broker, killed without mercy: the job ends, once, and nothing in it happens twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery
from django.contrib.sessions.models import Session

from audit.trail import reader, relay
from audit.trail.entries import Subject
from jobs import messages, sweeping
from jobs.models import Job
from jobs.services import start
from jobs.states import ENDED, State
from ops.embedded.valkey import ValkeyServer
from tenants.core.context import gateway_context, prefecture_context
from tenants.core.models import Prefecture
from tests.platform.jobs.slow_kind import SLOW
from tests.support.broker import own_broker
from tests.support.cluster import ROOT
from tests.support.outbox import outbox

pytestmark = pytest.mark.slow
LEASE_SECONDS = 2
ITEMS = 60


@pytest.fixture(scope="module")
def valkey() -> Iterator[ValkeyServer]:
    with own_broker("broker") as server:
        yield server


@pytest.fixture
def broker(valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[redis.Redis]:
    """The broker, empty; this process sends to it, and sweeps and leases as quickly as the workers do."""
    settings.JOB_LEASE_SECONDS, settings.JOB_SWEEP_SECONDS = LEASE_SECONDS, 1
    with Celery("suite", broker=valkey.url, set_as_current=False) as app:
        monkeypatch.setattr(messages, "current_app", app)
        with redis.Redis.from_url(valkey.url) as client:
            client.flushall()
            yield client


@pytest.fixture
def worker(valkey: ValkeyServer, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a worker process of the product's own Celery application."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.testing",
        "TESTS_BROKER_URL": valkey.url,
        "TESTS_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
    }
    command = [
        *(sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--pool", "solo", "--queues", "work"),
        *(
            "--without-gossip",
            "--without-mingle",
            "--loglevel",
            "WARNING",
            "--include",
            "tests.platform.jobs.slow_kind",
        ),
    ]

    def begin() -> subprocess.Popen[bytes]:
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=20)


@pytest.fixture
def run(really_in_a: Any) -> Iterator[str]:
    """A name of this test's own for its items, cleared away afterwards."""
    name = uuid.uuid4().hex[:8]
    yield name
    Session.objects.filter(session_key__startswith=name).delete()


def wait_for(job: Job, condition: Callable[[Job], bool], seconds: float = 60, *, sweep: bool = False) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if condition(job):
            return
        if sweep:
            sweeping.sweep()
        time.sleep(0.1)
    pytest.fail(f"job stayed {job.state} at {job.done}: {job.error}")


def ended(job: Job) -> bool:
    return job.state in ENDED


def relayed(prefecture: Any) -> None:
    """Every waiting event is in the audit database. A worker's own relay may be at it: ours then leaves it to that one."""
    deadline = time.monotonic() + 20
    while outbox.exists() and time.monotonic() < deadline:
        relay.relay_schema(prefecture.schema_name, prefecture.code)
        time.sleep(0.05)


def happenings(prefecture: Any, run: str) -> Counter[str]:
    """How often each item happened, as the audit database has it."""
    relayed(prefecture)
    found: Counter[str] = Counter()
    for number in range(ITEMS):
        row = Subject("row", f"{run}-{number}")
        found[row.id] = len(reader.search(reader.Filters(subject=row)))
    return found


def words(prefecture: Any, job: Job) -> Counter[str]:
    relayed(prefecture)
    return Counter(event.event for event in reader.search(reader.Filters(subject=Subject("job", str(job.pk)))))


def test_a_killed_workers_job_is_finished_once_by_another(
    really_in_a: Any, run: str, broker: redis.Redis, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    first = worker()
    job = start(SLOW, {"items": ITEMS, "run": run}, key=run)
    wait_for(job, lambda row: row.state == State.RUNNING and row.done >= 5)
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=20)
    job.refresh_from_db()
    assert job.state == State.RUNNING
    assert 0 < Session.objects.filter(session_key__startswith=run).count() < ITEMS
    worker()
    wait_for(job, ended, sweep=True)
    assert (job.state, job.attempts, job.done, job.counts) == (State.SUCCEEDED, 2, ITEMS, {"行": ITEMS})
    assert [event.after for event in job.history.all()] == ["queued", "running", "running", "succeeded"]
    assert happenings(really_in_a, run) == Counter({f"{run}-{number}": 1 for number in range(ITEMS)})
    assert words(really_in_a, job) == Counter(
        {"job:run:requested": 1, "job:run:started": 1, "job:run:resumed": 1, "job:run:finished": 1}
    )


def test_a_broker_that_lost_everything_costs_seconds(
    really_in_a: Any, run: str, broker: redis.Redis, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    job = start(SLOW, {"items": 5, "run": run}, key=run)
    assert broker.llen("work") == 1
    broker.flushall()
    worker()
    wait_for(job, ended, sweep=True)
    assert (job.state, job.attempts) == (State.SUCCEEDED, 1)


def test_many_messages_for_one_job_do_its_work_once(
    really_in_a: Any, run: str, broker: redis.Redis, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    job = start(SLOW, {"items": 20, "run": run}, key=run)
    for _ in range(20):
        messages._send(job)
    worker()
    worker()
    wait_for(job, ended)
    wait_for(job, lambda _: broker.llen("work") == 0)
    assert (job.state, job.attempts) == (State.SUCCEEDED, 1)
    assert Counter(happenings(really_in_a, run).values()) == Counter({1: 20, 0: ITEMS - 20})


def test_the_one_job_of_a_prefecture_does_not_wait_behind_the_many_of_another(
    really_in_a: Any, run: str, broker: redis.Redis, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    many = [start(SLOW, {"items": 6, "run": f"{run}-{number}-"}, key=f"{run}-{number}") for number in range(12)]
    assert broker.llen("work") == 1, "of twelve jobs one stands in the line"
    with gateway_context():
        other_prefecture = Prefecture.objects.get(slug="otsu")
    with prefecture_context(other_prefecture):
        one = start(SLOW, {"items": 1, "run": run}, key=run)
        worker()
        wait_for(one, ended)
        with prefecture_context(really_in_a):
            begun = Job.objects.filter(pk__in=[job.pk for job in many]).exclude(state=State.QUEUED).count()
        Session.objects.filter(session_key__startswith=run).delete()
        Job.objects.all().delete()
        relayed(other_prefecture)
    assert begun <= 2, "the one that stood before it, and the next when that had ended"
    for job in many:  # each end brings the next one, without a sweeper
        wait_for(job, ended)
    assert {job.state for job in many} == {State.SUCCEEDED}
