from __future__ import annotations

import contextlib
import logging
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.utils import timezone

from audit.trail.actors import Actor, ActorKind, acting_as, current_actor, current_job
from audit.trail.recorder import TrailUnavailable
from jobs import running
from jobs.errors import LeaseLost, RetryLater
from jobs.models import Job
from jobs.running import Outcome, run_job
from jobs.services import request_cancel, start
from jobs.states import State
from tenants.core.files import DiskFull
from tests.support.outbox import outbox

Kind = Callable[..., str]
CLERK = Actor(ActorKind.PERSON, "7", "山田 花子", "学校事務担当")


def make(kind: Kind, run: Callable[[Any], None], **options: Any) -> Job:
    with acting_as(CLERK):
        return start(kind(run, **options), {"n": 3}, key=str(uuid.uuid4()))


def due_again(job: Job) -> None:
    """Let the waiting time pass."""
    Job.objects.filter(pk=job.pk, state="queued").update(ready_at=timezone.now() - timedelta(seconds=1))
    Job.objects.filter(pk=job.pk, state="running").update(lease_until=timezone.now() - timedelta(seconds=1))


def changes(job: Job) -> list[str]:
    return [event.after for event in job.history.all()]


def test_a_job_runs_to_its_end(in_a: Any, kind: Kind) -> None:
    def work(handle: Any) -> None:
        for number in range(handle.args["n"]):
            handle.count("取込")
            handle.advance(number + 1, 3, "行の取込")

    job = make(kind, work)
    assert run_job(job.pk) is Outcome.SUCCEEDED
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.step, job.counts) == (State.SUCCEEDED, 3, 3, "行の取込", {"取込": 3})
    assert job.started_at is not None
    assert job.finished_at is not None
    assert (job.lease_token, job.lease_until) == (None, None)
    assert changes(job) == ["queued", "running", "succeeded"]


def test_the_trail_names_the_person_and_the_job(in_a: Any, kind: Kind) -> None:
    seen: list[tuple[Actor, uuid.UUID | None]] = []
    job = make(kind, lambda handle: seen.append((current_actor(), current_job())))
    run_job(job.pk)
    (actor, job_id) = seen[0]
    assert (actor.kind, actor.id, actor.name, actor.role) == (ActorKind.JOB, "7", "山田 花子", "学校事務担当")
    assert job_id == job.pk
    words = list(outbox.filter(job_id=job.pk).values_list("event", flat=True))
    assert words == ["job:run:started", "job:run:finished"]


def test_an_unexpected_error_is_told_in_japanese_and_logged_without_values(
    in_a: Any, kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    value = "".join(["秘密", "の値"])

    def work(handle: Any) -> None:
        try:
            raise KeyError(value)
        except KeyError as error:
            raise ValueError(f"Failing row contains ({value})") from error

    job = make(kind, work)
    assert run_job(job.pk) is Outcome.FAILED
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "再開" in job.error
    assert value not in job.error
    assert job.error_id
    assert job.error_id in caplog.text
    assert "builtins.ValueError" in caplog.text
    assert "builtins.KeyError" in caplog.text
    assert "test_running.py" in caplog.text
    assert value not in caplog.text
    event = outbox.get(job_id=job.pk, event="job:run:failed")
    assert event.detail["error_id"] == job.error_id


def test_our_own_errors_speak_for_themselves(in_a: Any, kind: Kind) -> None:
    def work(handle: Any) -> None:
        raise DiskFull("通知書.pdf")

    job = make(kind, work)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.error.startswith("ファイル「通知書.pdf」を保存できません")
    assert job.error_id.startswith("storage.full/")


class OtherSideAway(Exception):
    """Something a room knows to pass."""


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (RetryLater("統合宛名が応答しません。"), {}),
        (OperationalError("server closed the connection"), {}),
        (TrailUnavailable(), {}),
        (ConnectionRefusedError(), {}),
        (TimeoutError(), {}),
        (OtherSideAway(), {"retry_on": (OtherSideAway,)}),
    ],
)
def test_a_passing_trouble_is_tried_again_later(
    in_a: Any, kind: Kind, error: Exception, options: dict[str, Any]
) -> None:
    troubles: list[Exception] = [error, error]

    def work(handle: Any) -> None:
        if troubles:
            raise troubles.pop()

    job = make(kind, work, **options)
    for wait in (5, 10):
        assert run_job(job.pk) is Outcome.WAITING
        job.refresh_from_db()
        assert job.state == State.QUEUED
        assert wait - 3 < (job.ready_at - timezone.now()).total_seconds() <= wait
        assert run_job(job.pk) is Outcome.NOT_FREE
        due_again(job)
    assert run_job(job.pk) is Outcome.SUCCEEDED
    job.refresh_from_db()
    assert (job.error, job.error_id) == ("", "")
    assert changes(job) == ["queued", "running", "queued", "running", "queued", "running", "succeeded"]


def test_trying_again_has_an_end(in_a: Any, kind: Kind) -> None:
    def work(handle: Any) -> None:
        raise RetryLater("統合宛名が応答しません。")

    job = make(kind, work, max_failures=3)
    outcomes = []
    for _ in range(3):
        due_again(job)
        outcomes.append(run_job(job.pk))
    assert outcomes == [Outcome.WAITING, Outcome.WAITING, Outcome.FAILED]
    job.refresh_from_db()
    assert job.error == "統合宛名が応答しません。"


def test_a_job_that_kills_its_worker_each_time_is_given_up(in_a: Any, kind: Kind) -> None:
    job = make(kind, lambda handle: pytest.fail("must not be tried once more"))
    Job.objects.filter(pk=job.pk).update(attempts=running.MAX_ATTEMPTS)
    assert run_job(job.pk) is Outcome.FAILED
    job.refresh_from_db()
    assert job.error_id == "jobs.too-many-attempts"
    assert "何度も途中で止まった" in job.error


def test_a_kind_that_this_version_lacks_fails_in_words(in_a: Any, kind: Kind) -> None:
    from jobs import registry

    job = make(kind, lambda handle: None)
    del registry._kinds[job.kind]
    assert run_job(job.pk) is Outcome.FAILED
    job.refresh_from_db()
    assert job.error_id.startswith("jobs.unknown-kind/")


def test_a_running_job_is_cancelled_at_its_next_safe_place(in_a: Any, kind: Kind) -> None:
    def work(handle: Any) -> None:
        request_cancel(Job.objects.get(pk=handle.job_id))
        handle.count("済み")
        handle.save()
        pytest.fail("went on after the cancellation")

    job = make(kind, work)
    assert run_job(job.pk) is Outcome.CANCELLED
    job.refresh_from_db()
    assert (job.state, job.cancel_requested, job.counts) == (State.CANCELLED, False, {"済み": 1})


def test_a_cancelled_job_of_a_dead_worker_is_cancelled_by_the_next(in_a: Any, kind: Kind) -> None:
    job = make(kind, lambda handle: pytest.fail("must not run"))
    Job.objects.filter(pk=job.pk).update(
        state="running", lease_token=uuid.uuid4(), lease_until=timezone.now() - timedelta(1), cancel_requested=True
    )
    assert run_job(job.pk) is Outcome.CANCELLED


def test_an_error_handler_around_one_row_cannot_swallow_the_stop(in_a: Any, kind: Kind) -> None:
    """Whoever holds the row now, this worker must stop, and must not touch the row."""

    def work(handle: Any) -> None:
        Job.objects.filter(pk=handle.job_id).update(lease_token=uuid.uuid4())
        with contextlib.suppress(Exception):  # just what a careless room might write
            handle.save()
        pytest.fail("went on without the lease")

    job = make(kind, work)
    assert run_job(job.pk) is Outcome.LEASE_LOST
    job.refresh_from_db()
    assert job.state == State.RUNNING
    assert changes(job) == ["queued", "running"]


def test_a_worker_that_lost_its_lease_cannot_write_the_end(in_a: Any, kind: Kind) -> None:
    def work(handle: Any) -> None:
        Job.objects.filter(pk=handle.job_id).update(lease_token=uuid.uuid4())

    job = make(kind, work)
    assert run_job(job.pk) is Outcome.LEASE_LOST
    job.refresh_from_db()
    assert job.state == State.RUNNING


def test_a_dead_database_while_writing_the_failure_is_survived(
    in_a: Any, kind: Kind, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def work(handle: Any) -> None:
        raise ValueError

    def down(*_: object, **__: object) -> bool:
        raise OperationalError

    job = make(kind, work)
    monkeypatch.setattr(running, "move", down)
    with caplog.at_level(logging.ERROR):
        assert run_job(job.pk) is Outcome.LEASE_LOST
    assert "could not be written down" in caplog.text


def test_a_job_that_is_not_there(in_a: Any) -> None:
    assert run_job(uuid.uuid4()) is Outcome.NOT_FREE


def test_an_interrupted_job_goes_on_with_its_counts(in_a: Any, kind: Kind) -> None:
    done: list[int] = []

    def work(handle: Any) -> None:
        for number in range(len(done), 4):
            if number == 2 and handle.attempt == 1:
                raise RetryLater("途中で止めます。")
            done.append(number)
            handle.count("行")
            handle.set_count("全部", len(done))

    job = make(kind, work)
    run_job(job.pk)
    due_again(job)
    assert run_job(job.pk) is Outcome.SUCCEEDED
    job.refresh_from_db()
    assert done == [0, 1, 2, 3]
    assert job.counts == {"行": 4, "全部": 4}
    assert list(outbox.filter(job_id=job.pk).values_list("event", flat=True)) == [
        "job:run:started",
        "job:run:requested",
        "job:run:resumed",
        "job:run:finished",
    ]


def test_only_the_lease_decides_who_may_report(in_a: Any, kind: Kind) -> None:
    from jobs import leases
    from jobs.handle import JobHandle

    job = make(kind, lambda handle: None)
    first = JobHandle(leases.take(job.pk))  # type: ignore[arg-type]
    due_again(job)
    second = JobHandle(leases.take(job.pk))  # type: ignore[arg-type]
    second.save()
    for act in (first.save, first.fence, lambda: first.advance(9, 9)):
        with pytest.raises(LeaseLost):
            act()
    second.fence()
    job.refresh_from_db()
    assert (job.done, job.attempts, job.lease_token) == (0, 2, second.token)


def test_progress_is_saved_when_it_says_something_new(
    in_a: Any, kind: Kind, django_assert_num_queries: Any, settings: Any
) -> None:
    def work(handle: Any) -> None:
        with django_assert_num_queries(2):
            handle.advance(0, 100, "照会")
        with django_assert_num_queries(0):
            for number in range(1, 100):
                handle.advance(number)
        with django_assert_num_queries(2):
            handle.advance(100)
        settings.JOB_LEASE_SECONDS = 0
        with django_assert_num_queries(2):
            handle.advance(50)

    assert run_job(make(kind, work).pk) is Outcome.SUCCEEDED


def test_the_speed_of_a_run_leaves_out_what_was_done_before_it(in_a: Any, kind: Kind) -> None:
    """And stops with the last line that was done, however often the job reports afterwards."""
    seen: list[Any] = []

    def look(handle: Any, *report: Any) -> None:
        handle.advance(*report)
        handle.save()
        row = Job.objects.get(pk=handle.job_id)
        seen.append((row.measured_from, row.measured_since, row.moved_at))

    def work(handle: Any) -> None:
        for report in ((97, 100, "照会"), (98,), (98,), (0, 50, "突合")):
            look(handle, *report)

    assert run_job(make(kind, work).pk) is Outcome.SUCCEEDED
    begun, moved, still, anew = seen
    assert (begun[0], begun[2]) == (97, None)
    assert moved[:2] == begun[:2]
    assert moved[2] > begun[1]
    assert still == moved
    assert anew[0] == 0
    assert anew[1] > begun[1]
    assert anew[2] is None


def test_what_the_database_refuses_inside_a_job_stands_in_the_trail(in_a: Any, kind: Kind) -> None:
    """Also where the work wrapped the refusal in an error of its own; a failure of another kind is no refusal."""

    def denied(handle: Any) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT rolpassword FROM pg_authid")
        except ProgrammingError as error:
            raise RuntimeError("no") from error

    def broken(handle: Any) -> None:
        raise RuntimeError("no")

    told = outbox.filter(event="access:prefecture:refused")
    assert run_job(make(kind, broken).pk) is Outcome.FAILED
    assert not told.exists()
    job = make(kind, denied)
    assert run_job(job.pk) is Outcome.FAILED
    event = told.get()
    assert (event.actor_kind, event.actor_id, event.job_id) == ("job", "7", job.pk)
    assert event.detail == {"what": "database", "job": job.kind}
