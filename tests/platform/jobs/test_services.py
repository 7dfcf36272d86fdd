from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from audit.trail.actors import Actor, ActorKind, acting_as, current_actor
from audit.trail.screening import NumberInTrail
from jobs import messages
from jobs.errors import KeyTaken, NotPossible, UnknownKind
from jobs.models import Job
from jobs.running import run_job
from jobs.services import request_cancel, retry, start
from jobs.states import State
from tenants.core.context import scope
from tests.support.outbox import outbox

Kind = Callable[..., str]
CLERK = Actor(ActorKind.PERSON, "7", "山田 花子", "学校事務担当")


def nothing(handle: Any) -> None:
    """Does nothing, well."""


def fails(handle: Any) -> None:
    raise ValueError("boom")


def sent_on_commit(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Record whom a commit would wake, and run what waits for the commit at once."""
    sent: list[Any] = []
    monkeypatch.setattr(messages, "_send", lambda job: sent.append(job.pk))
    monkeypatch.setattr(transaction, "on_commit", lambda act: act())
    return sent


def test_a_job_is_a_row_with_who_asked_for_it(in_a: Any, kind: Kind) -> None:
    name = kind(nothing, title="名簿の取込")
    with acting_as(CLERK):
        job = start(name, {"file": 12}, key="import:12")
    assert (job.state, job.title, job.args, job.scope) == (State.QUEUED, "名簿の取込", {"file": 12}, scope())
    assert (job.created_by, job.created_by_name, job.created_by_role) == ("7", "山田 花子", "学校事務担当")
    assert [(event.before, event.after) for event in job.history.all()] == [("", "queued")]
    event = outbox.get(subjects=[{"kind": "job", "id": str(job.pk)}])
    assert (event.event, event.actor_name) == ("job:run:requested", "山田 花子")


def test_the_same_key_is_the_same_job(in_a: Any, kind: Kind) -> None:
    name = kind(nothing)
    first = start(name, {"n": 1}, key="k")
    assert start(name, {"n": 1}, key="k").pk == first.pk
    run_job(first.pk)
    assert start(name, {"n": 1}, key="k").pk == first.pk
    assert Job.objects.filter(key="k").count() == 1
    assert first.history.filter(before="").count() == 1


def test_a_failed_or_cancelled_job_gives_its_key_back(in_a: Any, kind: Kind) -> None:
    failing, fine = kind(fails), kind(nothing)
    first = start(failing, {}, key="k")
    run_job(first.pk)
    second = start(fine, {}, key="k")
    assert second.pk != first.pk
    request_cancel(second)
    third = start(fine, {}, key="k")
    assert third.pk not in {first.pk, second.pk}


def test_the_database_itself_keeps_a_key_single(in_a: Any, kind: Kind) -> None:
    job = start(kind(nothing), {}, key="k")
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(
            scope=job.scope, kind="x", key="k", title="x", queue="work", created_by="", created_by_name=""
        )


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "running"},
        {"state": "succeeded"},
        {"state": "asleep"},
        {"lease_token": "0000000a-0000-4000-8000-000000000000"},
        {"finished_at": "2026-04-01T00:00:00+09:00"},
    ],
)
def test_the_database_refuses_an_impossible_row(in_a: Any, kind: Kind, broken: dict[str, Any]) -> None:
    job = start(kind(nothing), {}, key="k")
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**broken)


def test_a_key_of_another_kind_is_refused(in_a: Any, kind: Kind) -> None:
    start(kind(nothing), {}, key="k")
    with pytest.raises(KeyTaken, match="処理を始めませんでした"):
        start(kind(nothing), {}, key="k")


def test_an_unknown_kind_is_refused(in_a: Any) -> None:
    with pytest.raises(UnknownKind, match="この版にありません"):
        start("nobody.knows", {}, key="k")


@pytest.mark.parametrize(
    "request_", [{"args": {"n": "1234 5678 9018"}}, {"key": "k-123456789018"}, {"title": "１２３４５６７８９０１８"}]
)
def test_no_individual_number_enters_a_job(in_a: Any, kind: Kind, request_: dict[str, Any]) -> None:
    with pytest.raises(NumberInTrail) as caught:
        start(kind(nothing), **({"args": {}, "key": "k"} | request_))
    assert "9018" not in str(caught.value)
    assert not Job.objects.exists()


def test_a_worker_is_woken_when_the_request_commits(in_a: Any, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = sent_on_commit(monkeypatch)
    name = kind(nothing)
    job = start(name, {}, key="k")
    assert sent == [job.pk]
    start(name, {}, key="k")
    assert sent == [job.pk], "one message per job and interval"


def test_a_request_that_is_undone_leaves_no_job(in_a: Any, kind: Kind) -> None:
    with transaction.atomic():
        start(kind(nothing), {}, key="k")
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    assert not [entry for entry in connection.run_on_commit if "start" in entry[1].__qualname__]


def test_a_waiting_job_is_cancelled_at_once(in_a: Any, kind: Kind) -> None:
    job = request_cancel(start(kind(nothing), {}, key="k"))
    assert job.state == State.CANCELLED
    assert job.finished_at is not None
    assert run_job(job.pk) == "not free"


def test_an_ended_job_can_neither_be_cancelled_nor_done_again(in_a: Any, kind: Kind) -> None:
    job = start(kind(nothing), {}, key="k")
    run_job(job.pk)
    job.refresh_from_db()
    with pytest.raises(NotPossible, match="「完了」のため、中止できません"):
        request_cancel(job)
    with pytest.raises(NotPossible, match="「完了」のため、再開できません"):
        retry(job)


def test_a_failed_job_goes_on_after_a_retry(in_a: Any, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = sent_on_commit(monkeypatch)
    broken = [True]

    def sometimes(handle: Any) -> None:
        if broken[0]:
            raise ValueError

    job = start(kind(sometimes), {}, key="k")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == State.FAILED
    broken[0] = False
    retry(job)
    assert (job.state, job.error, job.error_id, job.attempts, job.finished_at) == (State.QUEUED, "", "", 0, None)
    assert sent == [job.pk, job.pk]
    assert run_job(job.pk) == "succeeded"


def test_a_job_goes_on_in_the_name_of_who_put_it_back_to_work(in_a: Any, kind: Kind) -> None:
    """Who asked for it may have left; then nothing more happens in their name. They find it where it was."""
    seen: list[Actor] = []

    def work(handle: Any) -> None:
        seen.append(current_actor())
        if len(seen) == 1:
            raise ValueError

    with acting_as(CLERK):
        job = start(kind(work), {}, key="k")
    run_job(job.pk)
    job.refresh_from_db()
    with acting_as(Actor(ActorKind.PERSON, "8", "川田 次郎", "教委担当", session="s")):
        retry(job)
    assert run_job(job.pk) == "succeeded"
    assert [(one.kind, one.id, one.name, one.role) for one in seen] == [
        (ActorKind.JOB, "7", "山田 花子", "学校事務担当"),
        (ActorKind.JOB, "8", "川田 次郎", "教委担当"),
    ]
    assert Job.objects.get(pk=job.pk).created_by == "7"


def test_a_retry_is_refused_while_another_job_has_the_key(in_a: Any, kind: Kind) -> None:
    first = start(kind(fails), {}, key="k")
    run_job(first.pk)
    first.refresh_from_db()
    start(kind(nothing), {}, key="k")
    with pytest.raises(KeyTaken):
        retry(first)


def test_two_people_press_retry(in_a: Any, kind: Kind) -> None:
    job = start(kind(fails), {}, key="k")
    run_job(job.pk)
    one, other = Job.objects.get(pk=job.pk), Job.objects.get(pk=job.pk)
    retry(one)
    with pytest.raises((NotPossible, KeyTaken)):
        retry(other)
