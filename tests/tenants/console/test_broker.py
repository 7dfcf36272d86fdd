"""Signs of life of a real broker: what waits, who serves, and a quick answer when it is dead."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from ops.embedded.place import find, forget
from ops.embedded.valkey import ValkeyServer
from tenants.console import broker

real_look = broker.look


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    folder = tmp_path / "servers"
    server = ValkeyServer(find(folder), password="himitsu")
    server.start()
    yield server
    server.stop()
    forget(folder)


def celery_app(monkeypatch: pytest.MonkeyPatch, url: str) -> Celery:
    app = Celery("looking", broker=url, set_as_current=False)
    monkeypatch.setattr(broker, "current_app", app)
    monkeypatch.setattr(broker, "ANSWER_SECONDS", 0.2)
    return app


def test_waiting_messages_and_missing_workers(valkey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    app = celery_app(monkeypatch, valkey.url)
    for _ in range(3):
        app.send_task("jobs.wake", queue="work")
    seen = real_look()
    assert seen.reachable
    assert seen.waiting == {"work": 3, "upkeep": 0, "owner": 0}
    assert seen.served_by == {"work": 0, "upkeep": 0, "owner": 0}


def test_workers_are_counted_by_the_queues_they_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    app = celery_app(monkeypatch, "memory://")
    answers = {"one@a": [{"name": "work"}], "two@a": [{"name": "work"}, {"name": "upkeep"}]}

    class Answers:
        def __init__(self, **_: object) -> None: ...

        def active_queues(self) -> dict[str, list[dict[str, str]]]:
            return answers

    monkeypatch.setattr(app.control, "inspect", Answers)
    assert real_look().served_by == {"work": 2, "upkeep": 1, "owner": 0}


def test_a_dead_broker_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    celery_app(monkeypatch, "redis://:x@127.0.0.1:1/0")
    started = time.monotonic()
    assert real_look() == broker.BrokerLook(False)
    assert time.monotonic() - started < broker.CONNECT_SECONDS + 1
