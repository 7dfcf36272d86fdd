"""再計算照合: silent where all is as it was, and every yen where a receipt or the engine says something else."""

from __future__ import annotations

import copy
import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from domain.impact import replays, services
from domain.impact.models import ReplayFinding, ReplayNight
from domain.impact.tasks import nightly
from domain.payments.models import PupilPayment
from domain.statements.models import Computation
from jobs.models import Job
from jobs.running import run_job
from tests.domain.impact.support import closed_round
from tests.domain.payments.support import pupil, spend
from tests.domain.reports.support import decided_homes
from tests.support import records
from tests.support.outbox import outbox
from tests.support.receipts import resealed, rewritten

DAY = datetime.date(2026, 1, 10)


def night(day: datetime.date = DAY) -> ReplayNight:
    """As a worker does it."""
    job = services.start_night(day)
    run_job(job.pk)
    job = Job.objects.get(pk=job.pk)
    assert job.state == "succeeded", job.error
    return ReplayNight.objects.get(day=day)


@pytest.fixture
def year(in_a: Any) -> None:
    """Two determinations and two payments of a released round."""
    decided_homes(records.school())
    for amount in (5_000, 7_000):
        spend(pupil(2), "school_lunch", amount)
    closed_round()


def events() -> list[str]:
    return list(outbox.filter(event__startswith="replay:").values_list("event", flat=True))


def test_a_night_is_silent_when_nothing_changed(year: None) -> None:
    found = night()
    assert (found.checked, found.same, found.found) == (4, 4, 0)
    assert found.stage == ReplayNight.Stage.DONE
    assert not ReplayFinding.objects.exists()
    assert replays.open_findings() == 0
    assert events() == ["replay:night:finished"]


def test_a_stored_figure_that_was_changed_is_found(year: None) -> None:
    payment = PupilPayment.objects.order_by("pk")[0]
    receipt = copy.deepcopy(payment.receipt)
    receipt["result"]["paid"] += 3
    PupilPayment.objects.filter(pk=payment.pk).update(receipt=resealed(receipt))
    found = night()
    assert (found.checked, found.same, found.different) == (4, 3, 1)
    finding = ReplayFinding.objects.get()
    assert (finding.payment_id, finding.outcome, finding.yen) == (payment.pk, "different", -3)
    assert finding.differences[0]["where"] == "result.paid"
    assert replays.open_findings() == 1
    assert events() == ["replay:difference:found"]


def test_a_receipt_that_was_written_over_is_found(year: None) -> None:
    computation = Computation.objects.order_by("pk")[0]
    computation.receipt["result"]["category"] = 3
    rewritten(computation)
    night()
    finding = ReplayFinding.objects.get()
    assert (finding.computation_id, finding.outcome) == (computation.pk, "broken")


def test_an_engine_that_computes_otherwise_is_found(year: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from domain.rules.payment import paying

    monkeypatch.setattr(paying, "whole_payment", lambda pack, rate, eligible: eligible - 1)
    found = night()
    assert (found.same, found.different) == (2, 2)
    assert all(finding.yen for finding in ReplayFinding.objects.all())


def test_a_pack_that_is_not_on_hand_any_more_is_said_and_not_used(year: None) -> None:
    computation = Computation.objects.order_by("pk")[0]
    computation.receipt["pack"]["digest"] = "sha256:gone"
    computation.receipt_digest = str(resealed(computation.receipt)["digest"])
    rewritten(computation)
    found = night()
    assert (found.same, found.pack_changed) == (3, 1)
    assert "sha256:gone" in ReplayFinding.objects.get().message


def test_a_night_goes_on_where_it_was_cut_off(year: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "CHUNK", 1)
    first = replays._piece
    pieces: list[int] = []

    def cut(*arguments: Any) -> ReplayNight:
        if len(pieces) == 2:
            raise ConnectionError
        pieces.append(1)
        return first(*arguments)

    monkeypatch.setattr(replays, "_piece", cut)
    job = services.start_night(DAY)
    run_job(job.pk)
    assert ReplayNight.objects.get().checked == 2
    monkeypatch.setattr(replays, "_piece", first)
    Job.objects.filter(pk=job.pk).update(ready_at=datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC))
    run_job(job.pk)
    assert Job.objects.get(pk=job.pk).state == "succeeded"
    assert ReplayNight.objects.get().checked == ReplayNight.objects.get().same == 4


def test_the_next_night_clears_what_was_put_right(year: None) -> None:
    payment = PupilPayment.objects.order_by("pk")[0]
    wrong = copy.deepcopy(payment.receipt)
    wrong["result"]["paid"] += 3
    PupilPayment.objects.filter(pk=payment.pk).update(receipt=wrong)
    night()
    assert replays.open_findings() == 1
    PupilPayment.objects.filter(pk=payment.pk).update(receipt=payment.receipt)
    night(DAY + datetime.timedelta(days=1))
    assert replays.open_findings() == 0


def test_counts_that_do_not_add_up_are_refused(in_a: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ReplayNight.objects.create(day=DAY, checked=2, same=1)


def test_the_scheduler_starts_one_night_a_day(in_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.impact.tasks.each_live_prefecture", lambda: [None, None])
    nightly()
    assert Job.objects.filter(kind=services.REPLAY).count() == 1


def test_the_night_is_in_the_schedule() -> None:
    from config import celery_settings

    entry = celery_settings.beat_schedule["nightly"]
    assert entry["task"] == nightly.name
    assert celery_settings.task_routes[nightly.name] == {"queue": "upkeep"}


def test_facts_that_were_refused_are_replayed_with_the_pack_they_were_refused_by(in_a: Any) -> None:
    spend(pupil(2), "school_lunch", 5_000)
    wrong = pupil(2)
    spend(wrong, "school_lunch", 5_000, purpose="fetching")
    closed_round()
    assert PupilPayment.objects.get(pupil=wrong).receipt["kind"] == "refused"
    found = night()
    assert (found.checked, found.same) == (2, 2)
