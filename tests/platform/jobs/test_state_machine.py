"""Anything that people, workers and time may do to a job, in any order: the row stays possible and no stale worker counts."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from jobs import leases
from jobs.errors import Cancelled, LeaseLost, NotPossible
from jobs.handle import JobHandle
from jobs.models import Job
from jobs.services import request_cancel, retry, start
from jobs.states import ENDED, GIVEN_UP, State, may_follow
from jobs.transitions import move

Kind = Callable[..., str]


class Life(RuleBasedStateMachine):
    """One job, many hands. The model beside it: whose token counts, and what the row should say."""

    kind = ""

    @initialize()
    def begin(self) -> None:
        self.job = start(self.kind, {}, key=str(uuid.uuid4()))
        self.workers: list[JobHandle] = []
        self.holder: JobHandle | None = None
        self.state = State.QUEUED
        self.cancel_asked = False
        self.expired = False

    def row(self) -> Job:
        return Job.objects.get(pk=self.job.pk)

    @rule()
    def a_worker_comes(self) -> None:
        taken = leases.take(self.job.pk)
        free = self.state is State.QUEUED or (self.state is State.RUNNING and self.expired)
        assert (taken is not None) is free
        if taken is not None:
            self.holder = JobHandle(taken)
            self.workers.append(self.holder)
            self.state, self.expired = State.RUNNING, False

    @rule(number=st.integers(0, 9), done=st.integers(0, 100))
    def a_worker_reports(self, number: int, done: int) -> None:
        if not self.workers:
            return
        worker = self.workers[number % len(self.workers)]
        try:
            worker.advance(done)
            worker.save()
            outcome = "ok"
        except LeaseLost:
            outcome = "lost"
        except Cancelled:
            outcome = "cancelled"
        if worker is not self.holder:
            assert outcome == "lost"
        else:
            assert outcome == ("cancelled" if self.cancel_asked else "ok")
            assert self.row().done == done
            self.expired = False

    @rule(number=st.integers(0, 9), after=st.sampled_from(sorted(ENDED)))
    def a_worker_ends(self, number: int, after: State) -> None:
        if not self.workers:
            return
        worker = self.workers[number % len(self.workers)]
        job = self.row()
        moved = move(job, after, token=worker.token, cancel_requested=False)
        assert moved is (worker is self.holder)
        if moved:
            self.state, self.holder, self.cancel_asked, self.expired = after, None, False, False

    @rule(number=st.integers(0, 9))
    def a_worker_puts_it_back(self, number: int) -> None:
        if not self.workers:
            return
        worker = self.workers[number % len(self.workers)]
        moved = move(self.row(), State.QUEUED, token=worker.token)
        assert moved is (worker is self.holder)
        if moved:
            self.state, self.holder, self.expired = State.QUEUED, None, False

    @rule()
    def the_lease_runs_out(self) -> None:
        past = timezone.now() - timedelta(seconds=1)
        if Job.objects.filter(pk=self.job.pk, state=State.RUNNING).update(lease_until=past):
            self.expired = True

    @rule()
    def somebody_cancels(self) -> None:
        try:
            request_cancel(self.row())
        except NotPossible:
            assert self.state in ENDED
            return
        if self.state is State.QUEUED:
            self.state = State.CANCELLED
        else:
            self.cancel_asked = True

    @rule()
    def somebody_retries(self) -> None:
        try:
            retry(self.row())
        except NotPossible:
            assert self.state not in GIVEN_UP
            return
        assert self.state in GIVEN_UP
        self.state, self.cancel_asked = State.QUEUED, False

    @rule()
    def somebody_asks_again(self) -> None:
        again = start(self.kind, {}, key=self.job.key)
        assert (again.pk == self.job.pk) is (self.state not in GIVEN_UP)
        if again.pk != self.job.pk:
            again.delete()

    @invariant()
    def the_row_says_what_happened(self) -> None:
        job = self.row()
        assert job.state == self.state
        assert job.cancel_requested == self.cancel_asked
        assert (job.lease_token is not None) == (self.state is State.RUNNING)
        assert job.lease_token == (self.holder.token if self.holder else None)
        assert (job.finished_at is not None) == (self.state in ENDED)

    @invariant()
    def the_history_is_one_walk_along_allowed_ways(self) -> None:
        history = list(self.job.history.all())
        assert (history[0].before, history[0].after) == ("", "queued")
        for earlier, later in itertools.pairwise(history):
            assert later.before == earlier.after
            assert may_follow(State(later.before), State(later.after))
        assert history[-1].after == self.state


def test_any_order_of_acts_keeps_the_job_possible(in_a: Any, kind: Kind) -> None:
    Life.kind = kind(lambda handle: None)
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
