"""Signs of life of a real broker: what waits, who serves, and a quick answer when it is dead."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from kombu.transport import memory

from ops.embedded.valkey import ValkeyServer
from tenants.console import broker
from tests.support.broker import own_broker

real_look = broker.look


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with own_broker("signs-of-life") as server:
        yield server


def celery_app(monkeypatch: pytest.MonkeyPatch, url: str) -> Celery:
    app = Celery("looking", broker=url, set_as_current=False)
    monkeypatch.setattr(broker, "current_app", app)
    return app


def test_waiting_messages_and_missing_workers(valkey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    app = celery_app(monkeypatch, valkey.url)
    for _ in range(3):
        app.send_task("jobs.wake", queue="work")
    seen = real_look()
    assert seen.reachable
    assert seen.waiting == {"work": 3, "exchange": 0, "upkeep": 0, "watch": 0, "owner": 0}
    assert seen.served_by == {"work": 0, "exchange": 0, "upkeep": 0, "watch": 0, "owner": 0}


def test_workers_are_counted_by_the_queues_they_serve(valkey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    app = celery_app(monkeypatch, valkey.url)
    monkeypatch.setattr(broker, "_signed_at", {})
    broker.leave_sign(app, "one@a", ["work"])
    broker.leave_sign(app, "two@a", ["work", "upkeep"])
    assert real_look().served_by == {"work": 2, "exchange": 0, "upkeep": 1, "watch": 0, "owner": 0}


def test_a_worker_that_is_gone_is_forgotten(valkey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    app = celery_app(monkeypatch, valkey.url)
    monkeypatch.setattr(broker, "_signed_at", {})
    monkeypatch.setattr(broker, "SIGN_LASTS_SECONDS", 1)
    broker.leave_sign(app, "one@a", ["work"])
    time.sleep(1.2)
    assert real_look().served_by["work"] == 0


def test_a_worker_outlives_a_dead_broker(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(broker, "_signed_at", {})
    broker.leave_sign(celery_app(monkeypatch, "redis://:x@127.0.0.1:1/0"), "one@a", ["work"])
    assert "no sign of life left" in caplog.text


def test_a_dead_broker_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    celery_app(monkeypatch, "redis://:x@127.0.0.1:1/0")
    started = time.monotonic()
    assert real_look() == broker.BrokerLook(False)
    assert time.monotonic() - started < broker.CONNECT_SECONDS + 1


def test_a_broker_without_a_place_for_signs_is_asked_what_it_counts(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = celery_app(monkeypatch, "memory://signs-of-life")
    monkeypatch.setattr(memory.Channel, "queues", {})  # one place for the whole process, whatever the address says
    monkeypatch.setattr(broker, "_signed_at", {})
    broker.leave_sign(app, "one@a", ["work"])
    assert caplog.text == ""
    app.send_task("jobs.wake", queue="work")
    assert real_look() == broker.BrokerLook(
        True, {"work": 1, "exchange": 0, "upkeep": 0, "watch": 0, "owner": 0}, dict.fromkeys(broker.QUEUES, 0)
    )


def test_a_worker_outlives_a_dead_rabbitmq(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(broker, "_signed_at", {})
    app = celery_app(monkeypatch, "amqp://guest:x@127.0.0.1:1//")
    broker.leave_sign(app, "one@a", ["work"])
    assert "no sign of life left" in caplog.text
    assert real_look() == broker.BrokerLook(False)
