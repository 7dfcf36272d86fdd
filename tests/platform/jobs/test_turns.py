"""Scopes take turns: none holds more than its share of the slots, and one with much to do delays nobody by more than that."""

from __future__ import annotations

import threading
import uuid
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import leases, messages, sweeping, turns
from jobs.models import Job
from jobs.registry import EXCHANGE_QUEUE
from jobs.running import Outcome, run_job
from jobs.services import start
from jobs.states import State
from jobs.tasks import wake
from tenants.core.context import gateway_context, prefecture_context
from tests.platform.jobs.test_leases import in_threads

Kind = Callable[..., str]


class Broker:
    """The line of messages and the slots, as broker and workers run them; only whose turn it is comes from the product."""

    def __init__(self, slots: int, share: int) -> None:
        self.slots, self.share = slots, share
        self.line: deque[tuple[str, int]] = deque()
        self.waiting: dict[str, list[int]] = {}
        self.running: Counter[str] = Counter()
        self.begun: list[str] = []
        self.asked = 0
        self.told: dict[tuple[str, int], int] = {}

    def ask(self, scope: str) -> None:
        self.asked += 1
        self.waiting.setdefault(scope, []).append(self.asked)
        self.tell(scope)

    def tell(self, scope: str) -> None:
        turn = turns.next_of(self.waiting[scope], self.running[scope], self.share)
        fresh = [(scope, job) for job in turn if (scope, job) not in self.line]
        self.told |= dict.fromkeys(fresh, len(self.begun))
        self.line.extend(fresh)

    def work(self) -> None:
        while self.line and self.running.total() < self.slots:
            scope, job = self.line.popleft()
            if self.running[scope] < self.share:
                self.waiting[scope].remove(job)
                self.running[scope] += 1
                self.check(scope, job)
                self.begun.append(scope)

    def end(self, scope: str) -> None:
        self.running[scope] -= 1
        self.tell(scope)

    def check(self, scope: str, job: int) -> None:
        """While the job stood in the line, no other scope began more than its share."""
        others = Counter(name for name in self.begun[self.told[scope, job] :] if name != scope)
        assert all(count <= self.share for count in others.values()), (scope, others)


@given(
    slots=st.integers(1, 5),
    share=st.integers(1, 3),
    acts=st.lists(st.one_of(st.sampled_from("ABCD"), st.integers(0, 9)), max_size=80),
    many=st.integers(0, 50),
)
def test_no_scope_holds_more_than_its_share_and_none_waits_for_more_than_a_share_of_another(
    slots: int, share: int, acts: list[str | int], many: int
) -> None:
    broker = Broker(slots, share)
    for act in ["A"] * many + acts:
        if isinstance(act, str):
            broker.ask(act)
        elif living := sorted(broker.running.elements()):
            broker.end(living[act % len(living)])
        broker.work()
        assert max(broker.running.values(), default=0) <= share
        idle = slots - broker.running.total()
        could = sum(min(len(jobs), share - broker.running[name]) for name, jobs in broker.waiting.items())
        assert idle == 0 or could == 0, "a slot stays empty only when nobody may take it"
    while living := sorted(broker.running.elements()):
        broker.end(living[0])
        broker.work()
    assert not any(broker.waiting.values()), "everybody comes to an end"


@given(st.lists(st.integers()), st.integers(0, 9), st.one_of(st.none(), st.integers(1, 9)))
def test_the_oldest_come_first_as_many_as_there_is_room_for(jobs: list[int], running: int, share: int | None) -> None:
    turn = list(turns.next_of(jobs, running, share))
    assert turn == jobs[: len(turn)]
    assert len(turn) == (len(jobs) if share is None else min(len(jobs), max(0, share - running)))


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    sent: list[Job] = []
    monkeypatch.setattr(messages, "_send", sent.append)
    return sent


def test_of_fifty_jobs_one_stands_in_the_line(in_a: Any, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    sent, name = recorded(monkeypatch), kind(lambda handle: None)
    jobs = [start(name, {}, key=f"k{n}") for n in range(50)]
    exchange = start(kind(lambda handle: None, queue=EXCHANGE_QUEUE), {}, key="exchange")
    sweeping.sweep()
    sweeping.sweep()
    assert {job.pk for job in sent} == {jobs[0].pk, exchange.pk}, "each queue has its own line"
    run_job(jobs[0].pk)
    sweeping.wake_next("work")
    assert sent[-1].pk == jobs[1].pk


def test_a_prefecture_that_works_already_sends_nothing_more(
    in_a: Any, kind: Kind, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    sent, name = recorded(monkeypatch), kind(lambda handle: None)
    jobs = [start(name, {}, key=f"k{n}") for n in range(3)]
    assert leases.take(jobs[0].pk)
    assert (sweeping.sweep(), sent) == (0, [])
    settings.JOB_SHARE = 2
    assert (sweeping.sweep(), [job.pk for job in sent]) == (1, [jobs[1].pk])


def test_a_worker_leaves_a_job_whose_prefecture_has_its_share_and_the_end_of_one_wakes_the_next(
    prefecture_a: Any, prefecture_b: Any, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.tasks._relay", lambda: None)
    sent, name = recorded(monkeypatch), kind(lambda handle: None)

    def message(prefecture: Any, job: Job) -> tuple[str, str, str]:
        return prefecture.schema_name, str(job.pk), messages.signature_of(prefecture.schema_name, job.pk, "work")

    with prefecture_context(prefecture_a):
        held, second, third = (start(name, {}, key=f"k{n}") for n in range(3))
        taken = leases.take(held.pk)
        of_a = message(prefecture_a, second)
    with prefecture_context(prefecture_b):
        of_b = message(prefecture_b, start(name, {}, key="k"))
    with gateway_context():
        assert wake(*of_a) == Outcome.NOT_FREE
        assert wake(*of_b) == Outcome.SUCCEEDED, "the other prefecture has its own share"
    with prefecture_context(prefecture_a):
        assert taken is not None
        Job.objects.filter(pk=held.pk).update(
            state=State.SUCCEEDED, lease_token=None, lease_until=None, finished_at=taken.created_at
        )
    with gateway_context():
        assert wake(*of_a) == Outcome.SUCCEEDED
    assert [job.pk for job in sent] == [third.pk]


def test_workers_that_come_at_once_do_not_take_more_than_the_share(really_in_a: Any, kind: Kind) -> None:
    together, most, guard = [0], [0], threading.Lock()
    go_on = threading.Event()

    def work(handle: Any) -> None:
        with guard:
            together[0] += 1
            most[0] = max(most[0], together[0])
        go_on.wait(2)
        with guard:
            together[0] -= 1

    name = kind(work)
    jobs = iter([start(name, {}, key=str(uuid.uuid4())) for _ in range(5)])
    next_job = threading.Lock()

    def one() -> Outcome:
        with next_job:
            job = next(jobs)
        outcome = run_job(job.pk, within_share=True)
        if outcome is Outcome.NOT_FREE:
            go_on.set()
        return outcome

    outcomes = Counter(in_threads(5, really_in_a, one))
    assert most == [1]
    assert outcomes[Outcome.SUCCEEDED] >= 1
    assert outcomes[Outcome.NOT_FREE] >= 1


def test_a_job_that_waits_for_an_answer_leaves_its_slot_and_counts_no_attempt(in_a: Any, kind: Kind) -> None:
    visits: list[int] = []

    def work(handle: Any) -> None:
        visits.append(handle.quiet_seconds)
        if len(visits) == 25:
            handle.heard()
        if len(visits) < 26:
            handle.come_back(0, quiet=3)

    job = start(kind(work), {}, key="k")
    for _ in range(25):
        assert run_job(job.pk) is Outcome.WAITING
        job.refresh_from_db()
        assert (job.state, job.failures, turns.running_on("work")) == (State.QUEUED, 0, 0)
    assert run_job(job.pk) is Outcome.SUCCEEDED
    job.refresh_from_db()
    assert (job.absences, job.attempts, job.error) == (25, 26, "")
    assert visits == [3 * n for n in range(25)] + [3]
    assert job.history.filter(after="queued", note="相手の回答を待っています。").count() == 25


def test_a_job_that_left_its_slot_is_due_when_it_said(in_a: Any, kind: Kind) -> None:
    def work(handle: Any) -> None:
        handle.come_back(60)

    job = start(kind(work), {}, key="k")
    assert run_job(job.pk) is Outcome.WAITING
    assert run_job(job.pk) is Outcome.NOT_FREE
    job.refresh_from_db()
    assert 50 < (job.ready_at - job.created_at).total_seconds() < 90
