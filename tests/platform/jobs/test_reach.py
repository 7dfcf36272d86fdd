"""A broker that is really stopped is told to whoever waits for a job, and to the console; it comes back, and so does the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.template import engines
from django.utils import timezone

from accounts.roles import Role
from jobs import reach
from jobs.models import Job
from tests.platform.accounts.sign_in import client_of, make_person, sign_in
from tests.support.broker import own_broker


@pytest.fixture
def valkey() -> Iterator[Any]:
    with own_broker("stopped") as server:
        yield server


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, valkey: Any) -> dict[str, tuple[float, bool]]:
    """The pages ask this broker; what was asked is kept here, to be forgotten between two questions."""
    monkeypatch.setattr(reach, "current_app", Celery("asking", broker=valkey.url, set_as_current=False))
    monkeypatch.setattr(reach, "_asked", {})
    return reach._asked


def bar_of(waited: int, **facts: Any) -> str:
    """The bar of a job that has waited so many seconds."""
    ready = timezone.now() - timedelta(seconds=waited)
    job = Job(kind="vault.import_numbers", title="個人番号の受入", state="queued", ready_at=ready)
    for name, value in facts.items():
        setattr(job, name, value)
    return str(engines["django"].from_string("{% load web %}{% progress job %}").render({"job": job}))


def test_a_stopped_broker_is_told_on_the_job_and_in_the_console(in_console: None, valkey: Any, asked: Any) -> None:
    client = client_of("console.localhost")
    sign_in(client, make_person("operator", Role.OPERATOR))
    assert "失われません" not in bar_of(60)
    assert "待ち行列（ブローカー）が応答しない" not in client.get("/prefectures/").content.decode()
    valkey.stop()
    asked.clear()
    said = bar_of(60)
    assert "処理の受付（待ち行列）が止まっているため、いまは始められません（令和" in said
    assert "から待っています）" in said
    assert "失われません" in said
    page = client.get("/prefectures/").content.decode()
    assert "待ち行列（ブローカー）が応答しないため、どの団体の処理も始まりません" in page
    assert 'href="/platform/"' in page
    valkey.start()
    asked.clear()
    assert "失われません" not in bar_of(60)


def test_a_job_that_nobody_takes_says_since_when(asked: Any) -> None:
    assert "まだ始まっていません" in bar_of(180)
    assert "まだ始まっていません" not in bar_of(180, state="running")
    assert "まだ始まっていません" not in bar_of(-60)


def test_a_job_that_was_just_asked_for_asks_no_broker(asked: Any) -> None:
    bar_of(5)
    assert not asked
