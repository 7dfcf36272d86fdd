"""A calculation that is cut off anywhere and gone on with ends in the same rows; again, it tells what changed and why."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from domain.payments import services
from domain.payments.calculation import facts, run
from domain.payments.causes import in_words
from domain.payments.models import PaymentLine, PaymentRound, PupilPayment
from jobs.models import Job
from jobs.running import Outcome, run_job
from tests.domain.payments.support import (
    SECOND,
    approved,
    asked,
    calculated,
    changed,
    child,
    day,
    opened,
    payment_of,
    pupil,
    rows,
    spend,
)
from tests.support import records


class Killed(BaseException):
    """The worker's process ends here."""


@contextmanager
def killed_at_write(number: int) -> Iterator[list[int]]:
    """Raise Killed instead of the n-th statement that writes; the list holds how many were done."""
    written = [0]

    def execute(following: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            if written[0] == number:
                raise Killed
            written[0] += 1
        return following(sql, *rest)

    with connection.execute_wrapper(execute):
        yield written


def lease_ran_out(job: Job) -> None:
    Job.objects.filter(pk=job.pk, state="running").update(lease_until=timezone.now() - datetime.timedelta(seconds=1))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "CHUNK", 2)


def _a_few_pupils() -> PaymentRound:
    for category in (1, 2, 3, None, 1):
        who = pupil(category)
        spend(who, "school_lunch", 4_000, day(5))
        spend(who, "commuting_self", 1_001, day(6))
    return opened()


def _killed_and_resumed(job: Job, number: int) -> bool:
    """Kill at this write, then let another worker go on; False when the job ended before."""
    try:
        with killed_at_write(number):
            assert run_job(job.pk) is Outcome.SUCCEEDED
    except Killed:
        lease_ran_out(job)
        assert run_job(job.pk) is Outcome.SUCCEEDED
        return True
    return False


def test_killed_at_any_write_and_resumed_ends_the_same(in_a: Any, small_chunks: None) -> None:
    round_ = _a_few_pupils()
    job = asked(round_)
    with transaction.atomic():
        run_job(job.pk)
        undisturbed = rows(round_)
        transaction.set_rollback(True)
    assert undisturbed[2][0] == "calculated"
    number, killed = 0, True
    while killed:
        with transaction.atomic():
            killed = _killed_and_resumed(job, number)
            assert rows(round_) == undisturbed
            assert PupilPayment.objects.count() == 5
            transaction.set_rollback(True)
        number += 1
    assert number > 15


def test_a_recalculation_killed_at_any_write_ends_the_same(in_a: Any, small_chunks: None) -> None:
    """Also its figures: what the run before paid is not forgotten half way."""
    round_ = calculated(_a_few_pupils())
    late = pupil(1)
    spend(late, "school_lunch", 500)
    PupilPayment.objects.order_by("pk")[0].pupil.expenses.update(amount=10)
    job = asked(round_)
    with transaction.atomic():
        run_job(job.pk)
        undisturbed = rows(round_)
        transaction.set_rollback(True)
    number, killed = 0, True
    while killed:
        with transaction.atomic():
            killed = _killed_and_resumed(job, number)
            assert rows(round_) == undisturbed
            transaction.set_rollback(True)
        number += 1
    assert undisturbed[2][4]["before"]["total"] == 14_004
    assert {cause for each in undisturbed[2][4]["causes"] for cause in each["causes"]} == {"new", "expenses"}


def test_a_worker_that_lost_its_lease_writes_nothing(in_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    round_ = _a_few_pupils()
    job = asked(round_)

    def taken_meanwhile(*arguments: Any) -> Any:
        Job.objects.filter(pk=job.pk).update(lease_token=uuid4())
        return facts.load(*arguments)

    monkeypatch.setattr(run, "CHUNK", 2)
    monkeypatch.setattr(run, "load", taken_meanwhile)
    assert run_job(job.pk) is Outcome.LEASE_LOST
    assert PupilPayment.objects.count() == 2
    round_.refresh_from_db()
    assert (round_.state, round_.finished_run) == ("draft", 0)


def test_one_run_at_a_time(in_a: Any) -> None:
    round_ = _a_few_pupils()
    first = asked(round_)
    assert asked(round_).pk == first.pk
    run_job(first.pk)
    second = asked(round_)
    assert second.pk != first.pk
    assert PaymentRound.objects.get().run == 2


def test_a_run_that_failed_is_followed_by_a_new_one(in_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of it was replaced; the difference is still the one to the last finished run."""
    who, other = pupil(1), pupil(1)
    for each in (who, other):
        spend(each, "school_lunch", 4_000, day(5))
    round_ = calculated(opened())
    spend(who, "school_lunch", 100, day(6))
    job = asked(round_)

    def broken(*_: Any) -> None:
        raise RuntimeError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr("domain.payments.tasks.finish", broken)
        assert run_job(job.pk) is Outcome.FAILED
    spend(who, "school_lunch", 20, day(6))
    round_ = calculated(round_)
    assert (round_.run, round_.finished_run) == (3, 3)
    assert payment_of(round_, who).previous == 4_000
    assert round_.figures["causes"] == [{"causes": ["expenses"], "pupils": 1, "before": 4_000, "after": 4_120}]


def test_the_same_facts_give_the_same_receipts(in_a: Any) -> None:
    round_ = calculated(_a_few_pupils())
    digests = list(PupilPayment.objects.order_by("pupil").values_list("receipt_digest", flat=True))
    calculated(round_)
    assert list(PupilPayment.objects.order_by("pupil").values_list("receipt_digest", flat=True)) == digests
    round_.refresh_from_db()
    assert round_.figures["causes"] == []
    assert round_.figures["now"] == round_.figures["before"]


def test_what_changed_since_the_run_before_and_why(in_a: Any) -> None:
    kept, more, gone, moved, both = (pupil(1) for _ in range(5))
    for who in (kept, more, gone, moved, both):
        spend(who, "school_lunch", 4_000, day(5))
    round_ = calculated(opened())
    spend(more, "school_lunch", 100, day(6))
    gone.expenses.all().delete()
    changed(moved, day(5, 1), category=2)
    changed(both, day(5, 1), category=2)
    spend(both, "school_lunch", 100, day(6))
    spend(pupil(1), "school_lunch", 700, day(6))
    round_ = calculated(round_)
    found = {
        ",".join(each["causes"]): (each["pupils"], each["before"], each["after"]) for each in round_.figures["causes"]
    }
    assert found == {
        "new": (1, 0, 700),
        "gone": (1, 4_000, 0),
        "expenses": (1, 4_000, 4_100),
        "status": (1, 4_000, 2_000),
        "expenses,status": (1, 4_000, 2_050),
    }
    assert in_words(["expenses", "status"]) == "使用経費の追加・変更、支弁区分・就学状況の変更"
    before, now = round_.figures["before"], round_.figures["now"]
    assert now["total"] - before["total"] == sum(each["after"] - each["before"] for each in round_.figures["causes"])
    assert before["items"]["school_lunch"] == {
        "pupils": 5,
        "total": 20_000,
        "ledgers": {"statutory": 20_000, "subsidy": 0},
    }
    assert now["items"]["school_lunch"]["ledgers"]["statutory"] == 12_850
    assert not PupilPayment.objects.filter(pupil=gone).exists()


def test_a_payment_of_another_round_is_a_cause(in_a: Any) -> None:
    who = pupil(1)
    spend(who, "school_supplies", 7_000, day(5))
    spend(who, "school_supplies", 6_000, day(10))
    first, second = calculated(opened()), calculated(opened(2, SECOND))
    approved(first)
    assert calculated(second).figures["causes"] == [
        {"causes": ["carried"], "pupils": 1, "before": 6_000, "after": 3_000}
    ]


def test_figures_are_the_rows(in_a: Any) -> None:
    where = records.school("S01")
    for number in range(6):
        who = pupil(number % 3 + 1, at=child(), where=where)
        spend(who, "school_lunch", 1_001 + number, day(5))
        spend(who, "commuting_self", 333 + number, day(6))
    round_ = calculated(opened())
    now, totals = round_.figures["now"], services.totals_of(round_)
    assert (now["count"], now["total"], now["ledgers"]) == (
        totals.count,
        totals.total,
        totals.ledgers,
    )
    for name, amount in now["ledgers"].items():
        assert amount == sum(item["ledgers"][name] for item in now["items"].values())
    lines = PaymentLine.objects.filter(item="commuting_self")
    assert now["items"]["commuting_self"]["ledgers"]["subsidy"] == sum(
        line["subsidy"] for line in lines.values_list("ledgers", flat=True)
    )
