"""The message that wakes a worker: believed only from the scope itself, sent at most once an interval, never required."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.utils import timezone
from kombu.exceptions import OperationalError

from audit.trail import relay
from jobs import messages, sweeping
from jobs.models import Job
from jobs.services import start
from jobs.states import State
from jobs.tasks import wake
from tenants.core.context import console_context, gateway_context, prefecture_context, scope
from tenants.core.models import Prefecture
from tests.support.outbox import outbox

Kind = Callable[..., str]
Sent = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def no_relay(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' events are never committed: there is nothing to move."""
    monkeypatch.setattr(relay, "relay_schema", lambda schema, code: 0)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    out: Sent = []
    app = Celery("recording", broker="memory://", set_as_current=False)
    monkeypatch.setattr(app, "send_task", lambda name, **options: out.append({"name": name, **options}))
    monkeypatch.setattr(messages, "current_app", app)
    return out


def queued(kind: Kind, ran: list[str], **options: Any) -> Job:
    return start(kind(lambda handle: ran.append(scope()), **options), {}, key=str(uuid.uuid4()))


def long_silence(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(next_wake_at=timezone.now() - timedelta(seconds=1))


def test_a_message_holds_scope_id_and_signature_and_no_more(in_a: Any, kind: Kind, sent: Sent) -> None:
    job = queued(kind, [])
    assert messages.wake(job)
    (message,) = sent
    assert message["name"] == "jobs.wake"
    assert message["args"] == [in_a.schema_name, str(job.pk), messages.signature_of(in_a.schema_name, job.pk, "work")]
    assert message["queue"] == "work"
    assert message["headers"] == {"_schema_name": "public"}


def test_a_console_job_for_the_owner_goes_to_the_owners_queue(in_console: None, kind: Kind, sent: Sent) -> None:
    messages.wake(queued(kind, [], queue="owner"))
    assert sent[0]["queue"] == "owner"
    assert sent[0]["args"][0] == "console"


def test_a_genuine_message_gets_the_job_done(prefecture_a: Any, kind: Kind, sent: Sent) -> None:
    ran: list[str] = []
    with prefecture_context(prefecture_a):
        messages.wake(queued(kind, ran))
    with gateway_context():
        assert wake(*sent[0]["args"]) == "succeeded"
    assert ran == [prefecture_a.schema_name]


def test_also_in_the_console(rollback: None, kind: Kind, sent: Sent) -> None:
    ran: list[str] = []
    with console_context():
        messages.wake(queued(kind, ran))
    assert wake(*sent[0]["args"]) == "succeeded"
    assert ran == ["console"]


def test_a_message_of_a_prefecture_is_refused_by_the_owners_worker_before_the_prefecture_is_entered(
    prefecture_a: Any, kind: Kind, sent: Sent, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    with prefecture_context(prefecture_a):
        messages.wake(queued(kind, ran))
        for_owner = messages.signature_of(prefecture_a.schema_name, uuid.UUID(sent[0]["args"][1]), "owner")
    entered: list[str] = []
    monkeypatch.setattr("jobs.tasks._entered", entered.append)
    settings.DATABASE_LOGIN = "owner"
    task: Any = wake
    for signature in (sent[0]["args"][2], for_owner):
        assert task(*sent[0]["args"][:2], signature) == "refused"
    assert (ran, entered) == ([], [])


def test_a_message_counts_on_its_own_queue_alone(rollback: None, kind: Kind, sent: Sent, settings: Any) -> None:
    ran: list[str] = []
    with console_context():
        messages.wake(queued(kind, ran))
        messages.wake(queued(kind, ran, queue="owner"))
    ours, owners = (message["args"] for message in sent)
    assert wake(*owners) == "refused"
    settings.DATABASE_LOGIN = "owner"
    assert wake(*ours) == "refused"
    assert ran == []


def test_a_well_signed_message_for_a_kind_of_another_queue_is_refused(
    rollback: None, kind: Kind, settings: Any
) -> None:
    ran: list[str] = []
    with console_context():
        job = queued(kind, ran, queue="owner")
        signature = messages.signature_of("console", job.pk, "work")
    assert wake("console", str(job.pk), signature) == "refused"
    with console_context():
        other = queued(kind, ran)
        signature = messages.signature_of("console", other.pk, "owner")
    settings.DATABASE_LOGIN = "owner"
    assert wake("console", str(other.pk), signature) == "refused"
    assert ran == []


def test_a_second_message_finds_nothing_to_do(prefecture_a: Any, kind: Kind, sent: Sent) -> None:
    ran: list[str] = []
    with prefecture_context(prefecture_a):
        messages.wake(queued(kind, ran))
    assert [wake(*sent[0]["args"]) for _ in range(3)] == ["succeeded", "not free", "not free"]
    assert len(ran) == 1


@pytest.mark.parametrize("forgery", ["", "0" * 64, "signature of b", "signature of console", "of another job"])
def test_a_message_that_the_scope_did_not_sign_is_refused(
    prefecture_a: Any, prefecture_b: Any, kind: Kind, forgery: str
) -> None:
    ran: list[str] = []
    mine = prefecture_a.schema_name
    with prefecture_context(prefecture_a):
        job = queued(kind, ran)
        other = messages.signature_of(mine, queued(kind, ran).pk, "work")
    with prefecture_context(prefecture_b):
        of_b = messages.signature_of(mine, job.pk, "work")
    with console_context():
        of_console = messages.signature_of(mine, job.pk, "work")
    signature = {"signature of b": of_b, "signature of console": of_console, "of another job": other}
    assert wake(mine, str(job.pk), signature.get(forgery, forgery)) == "refused"
    assert ran == []
    with prefecture_context(prefecture_a):
        assert outbox.filter(event="job:message:refused").count() == 1
        job.refresh_from_db()
        assert job.state == State.QUEUED


def test_a_message_of_a_is_useless_in_b(prefecture_a: Any, prefecture_b: Any, kind: Kind, sent: Sent) -> None:
    ran: list[str] = []
    with prefecture_context(prefecture_a):
        messages.wake(queued(kind, ran))
    _, job_id, signature = sent[0]["args"]
    assert wake(prefecture_b.schema_name, job_id, signature) == "refused"
    assert wake("console", job_id, signature) == "refused"
    assert ran == []


def test_a_row_that_came_from_another_scope_is_refused(prefecture_a: Any, kind: Kind, sent: Sent) -> None:
    ran: list[str] = []
    with prefecture_context(prefecture_a):
        job = queued(kind, ran)
        Job.objects.filter(pk=job.pk).update(scope="p_copiedcopied")
        messages.wake(job)
    assert wake(*sent[0]["args"]) == "refused"
    assert ran == []


@pytest.mark.parametrize("name", ["p_nosuchprefec", "public", "", "x','b"])
def test_an_unknown_scope_is_refused_without_being_repeated(
    rollback: None, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert wake(name, str(uuid.uuid4()), "0" * 64) == "refused"
    assert name == "" or name not in caplog.text


def test_nonsense_instead_of_an_id_is_refused(prefecture_a: Any) -> None:
    assert wake(prefecture_a.schema_name, "1 OR 1=1", "0" * 64) == "refused"


def test_a_suspended_prefecture_does_no_work(prefecture_a: Any, kind: Kind, sent: Sent, in_owner_hands: Any) -> None:
    ran: list[str] = []
    with prefecture_context(prefecture_a):
        messages.wake(queued(kind, ran))
    in_owner_hands(prefecture_a, Prefecture.State.SUSPENDED)
    assert wake(*sent[0]["args"]) == "refused"
    assert ran == []


@pytest.fixture
def in_owner_hands(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], None]:
    """Let the registry say another state (the console writes it; here the console's own transaction is rolled back)."""

    def change(prefecture: Any, state: str) -> None:
        open_states = tuple(kept for kept in Prefecture.OPEN_STATES if kept != prefecture.state)
        monkeypatch.setattr(Prefecture, "OPEN_STATES", open_states)
        assert state not in open_states

    return change


def test_at_most_one_message_an_interval_and_rarer_while_nobody_comes(in_a: Any, kind: Kind, sent: Sent) -> None:
    job = queued(kind, [])
    gaps = []
    for _ in range(6):
        assert messages.wake(Job.objects.get(pk=job.pk))
        assert not messages.wake(Job.objects.get(pk=job.pk))
        asked = Job.objects.get(pk=job.pk)
        gaps.append(round((asked.next_wake_at - timezone.now()).total_seconds() / 10))
        long_silence(job)
    assert gaps == [1, 2, 4, 6, 6, 6]
    assert len(sent) == 6


def test_a_request_does_not_wait_for_a_broker_that_is_gone(
    really_in_a: Any, kind: Kind, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = Celery("gone", broker="redis://:x@127.0.0.1:1/0", set_as_current=False)
    monkeypatch.setattr(messages, "current_app", app)
    started = time.monotonic()
    job = queued(kind, [])
    assert time.monotonic() - started < messages.BROKER_SECONDS + 1
    assert Job.objects.get(pk=job.pk).state == State.QUEUED
    assert "no message sent" in caplog.text


@pytest.mark.parametrize("trouble", [OperationalError("down"), ConnectionRefusedError(), TimeoutError()])
def test_a_dead_broker_is_a_warning(
    in_a: Any, kind: Kind, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: Exception
) -> None:
    def down(*_: object, **__: object) -> None:
        raise trouble

    app = Celery("failing", broker="memory://", set_as_current=False)
    monkeypatch.setattr(app, "send_task", down)
    monkeypatch.setattr(messages, "current_app", app)
    job = queued(kind, [])
    assert not messages.wake(job)
    assert "no message sent" in caplog.text


def test_the_sweeper_wakes_what_nobody_works_on(in_a: Any, kind: Kind, sent: Sent, settings: Any) -> None:
    settings.JOB_SHARE = 3
    now = timezone.now()
    waiting, lost, at_work, later, ended = [queued(kind, []) for _ in range(5)]
    running = {"state": "running", "lease_token": uuid.uuid4()}
    Job.objects.filter(pk=lost.pk).update(**running, lease_until=now - timedelta(seconds=1))
    Job.objects.filter(pk=at_work.pk).update(**running, lease_until=now + timedelta(seconds=30))
    Job.objects.filter(pk=later.pk).update(ready_at=now + timedelta(minutes=1))
    Job.objects.filter(pk=ended.pk).update(state="succeeded", finished_at=now)
    assert sweeping.sweep() == 2
    assert {message["args"][1] for message in sent} == {str(waiting.pk), str(lost.pk)}
    assert sweeping.sweep() == 0


def test_the_sweeper_visits_every_live_prefecture_and_the_console(
    prefecture_a: Any, prefecture_b: Any, kind: Kind, sent: Sent
) -> None:
    for prefecture in (prefecture_a, prefecture_b):
        with prefecture_context(prefecture):
            queued(kind, [])
    with console_context():
        queued(kind, [])
    assert sweeping.sweep_all() == 3
    scopes = [message["args"][0] for message in sent]
    assert sorted(scopes) == sorted([prefecture_a.schema_name, prefecture_b.schema_name, "console"])


def test_one_broken_prefecture_does_not_hold_up_the_sweep(
    prefecture_a: Any, prefecture_b: Any, kind: Kind, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError as DatabaseDown

    sweep = sweeping.sweep

    def broken_in_a() -> int:
        if scope() == prefecture_a.schema_name:
            raise DatabaseDown
        return sweep()

    monkeypatch.setattr(sweeping, "sweep", broken_in_a)
    with prefecture_context(prefecture_b):
        queued(kind, [])
    assert sweeping.sweep_all() == 1
