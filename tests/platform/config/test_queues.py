"""Which queue each periodic task waits in, and that somebody serves it."""

from __future__ import annotations

import pytest

from config import celery_settings
from config.celery import app
from tenants.console.broker import QUEUES

PERIODIC = sorted({str(entry["task"]) for entry in celery_settings.beat_schedule.values()})


@pytest.mark.parametrize("task", PERIODIC)
def test_no_periodic_task_waits_behind_the_long_jobs_of_people(task: str) -> None:
    queue = celery_settings.task_routes[task]["queue"]
    assert queue in QUEUES
    assert queue != celery_settings.task_default_queue


def test_what_takes_long_at_night_does_not_hold_up_the_relay_and_the_seal() -> None:
    beside = {task for task in PERIODIC if celery_settings.task_routes[task]["queue"] == "upkeep"}
    assert {"trail.relay", "trail.seal"} <= beside
    assert not beside & {
        "watch.sweep",
        "watch.learn",
        "watch.make_up",
        "trail.compare",
        "trail.dispose",
        "trail.hand_out",
    }


def test_the_console_knows_every_queue() -> None:
    assert {queue.name for queue in app.conf.task_queues} == set(QUEUES)
