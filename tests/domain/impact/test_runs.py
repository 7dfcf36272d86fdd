"""試算: the job's results, that nothing else is touched, who asked, and how results go again."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from domain.impact import choosing, services
from domain.impact.errors import ImpactRefused
from domain.impact.models import ImpactMover, ImpactPayment, ImpactRun
from domain.payments.models import Adjustment
from domain.payments.outside import OutsideFacts, enter_outside
from domain.statements.models import Statement
from domain.yearpacks.models import Revision
from jobs import services as jobs
from jobs.models import Job
from tests.domain.impact.support import (
    BASE,
    CATEGORIES,
    PAYMENTS,
    closed_round,
    done,
    draft,
    home,
    paid_home,
    pupil_of,
    started,
    tried,
)
from tests.domain.payments.support import payment_of, spend
from tests.support import records
from tests.support.outbox import outbox
from tests.support.records import YEAR

OWN = {"impact", "jobs", "trail", "accounts", "auditlog", "sessions", "contenttypes"}


def rows_elsewhere() -> dict[str, list[Any]]:
    """Every row of every other room."""
    models = [model for model in apps.get_models() if model.__module__.startswith("domain.")]
    return {
        model._meta.label: sorted(map(repr, model._default_manager.values_list()))
        for model in models
        if model._meta.app_label not in OWN
    }


def events(prefix: str) -> list[str]:
    return list(outbox.filter(event__startswith=prefix).order_by("pk").values_list("event", flat=True))


def test_a_draft_says_who_moves_and_why(in_a: Any) -> None:
    statement = home()
    run = tried(draft())
    (mover,) = ImpactMover.objects.all()
    assert mover.statement_id == statement.pk
    assert (mover.before, mover.after, mover.direction) == ("I", "II", "less")
    assert "区分Ⅰの上限" in mover.reason
    assert mover.detail["causes"] == ["boundary"]
    assert run.summary["total"]["households"] == run.summary["total"]["movers"] == 1
    assert run.asked_by.startswith("見本")
    assert run.plans[0]["before"]["digest"] != run.plans[0]["after"]["digest"]
    assert events("impact:") == ["impact:run:requested", "impact:run:finished"]


def test_the_pack_in_force_against_itself_moves_nobody(in_a: Any) -> None:
    spend(pupil_of(home().household), "school_lunch", 5_000)
    run = done(started(CATEGORIES, f"shipped:{BASE}+sample-operator"))
    assert run.summary["total"]["movers"] == 0
    assert not ImpactMover.objects.exists()
    assert not ImpactPayment.objects.exists()
    paid = run.summary["total"]["paid"]
    assert paid["before"] == paid["after"] > 0


def test_costs_are_recomputed_by_item_and_ledger(in_a: Any) -> None:
    pupil = pupil_of(home().household)
    spend(pupil, "school_lunch", 10_000)
    run = tried(draft())
    (line,) = ImpactPayment.objects.all()
    assert (line.pupil_id, line.item, line.round_id) == (pupil.pk, "school_lunch", None)
    assert (line.before, line.after) == (10_000, 5_000)
    (cost,) = run.summary["total"]["costs"]
    assert (cost["item"], cost["difference"]) == ("school_lunch", -5_000)


def test_what_another_school_paid_is_out_of_the_cap_of_the_run_too(in_a: Any) -> None:
    pupil = pupil_of(home().household)
    spend(pupil, "school_supplies", 10_000)
    enter_outside(pupil, YEAR, OutsideFacts("school_supplies", 6_000, 6_000, "台帳"))
    spend(pupil, "school_trip_self", 8_000)
    enter_outside(pupil, YEAR, OutsideFacts("school_trip_self", 9_000, 9_000, "台帳", "elementary", YEAR - 1))
    tried(draft())
    found = {line.item: (line.before, line.after) for line in ImpactPayment.objects.all()}
    assert found == {"school_supplies": (4_000, 2_000)}


def test_schools_add_up(in_a: Any) -> None:
    for code in ("S01", "S02", "S02"):
        home(records.school(code))
    summary = tried(draft()).summary
    assert {code: tally["movers"] for code, tally in summary["schools"].items()} == {"S01": 1, "S02": 2}
    assert summary["total"]["movers"] == 3


def test_nothing_but_the_results_is_written(in_a: Any) -> None:
    paid_home()
    closed_round()
    revision = draft()
    before = rows_elsewhere()
    assert before
    tried(revision)
    tried(revision, PAYMENTS)
    assert rows_elsewhere() == before


def test_a_run_done_twice_has_its_rows_once(in_a: Any) -> None:
    home()
    revision = draft()
    run = tried(revision)
    Job.objects.update(state="failed")
    jobs.start(services.RUN, {"run": run.pk}, key=services.job_key(run.pk))
    done(run)
    assert ImpactMover.objects.count() == 1


def test_the_same_pack_repays_what_was_paid(in_a: Any) -> None:
    paid_home()
    closed_round()
    run = tried(draft({}), PAYMENTS)
    assert run.summary["total"]["households"] == 1
    assert run.summary["total"]["payments_changed"] == 0
    assert not ImpactPayment.objects.exists()


def test_closed_rounds_repaid_by_a_draft_say_who_which_item_and_how_much(in_a: Any) -> None:
    pupil = paid_home(10_000)
    round_ = closed_round()
    rates = [
        {"items": ["school_lunch"], "statutory": ["1", "1/4", "0"], "source": "own", "standing": "operator"},
    ]
    run = tried(draft({"rates": rates}), PAYMENTS)
    paid = payment_of(round_, pupil)
    assert paid.total == 5_000
    (line,) = ImpactPayment.objects.all()
    assert (line.pupil_id, line.round_id, line.fiscal_year) == (pupil.pk, round_.pk, YEAR)
    assert (line.item, line.before, line.after) == ("school_lunch", 5_000, 2_500)
    assert run.summary["total"]["paid"] == {"before": 5_000, "after": 2_500, "difference": -2_500}


def test_all_closed_years_are_repaid_by_what_is_in_force(in_a: Any) -> None:
    paid_home()
    closed_round()
    run = done(started(PAYMENTS, "in_force"))
    assert [plan["year"] for plan in run.plans] == [YEAR]
    assert run.summary["total"]["payments_changed"] == 0
    assert run.problems == []


def test_without_a_closed_year_there_is_nothing_to_repay(in_a: Any) -> None:
    home()
    with pytest.raises(ImpactRefused):
        started(PAYMENTS, "in_force")
    with pytest.raises(ImpactRefused):
        started(CATEGORIES, "in_force")


def test_a_faulty_draft_is_said_and_not_computed(in_a: Any) -> None:
    home()
    run = tried(draft({"rates": [{"items": ["no-such-item"], "source": "own", "standing": "operator"}]}))
    assert run.summary == {}
    assert len(run.problems) == 1
    assert "no-such-item" in run.problems[0]


def test_results_go_with_their_draft(in_a: Any) -> None:
    home()
    revision = draft()
    tried(revision)
    revision.delete()
    assert not ImpactRun.objects.exists()
    assert not ImpactMover.objects.exists()
    assert Statement.objects.exists()


def test_results_go_after_their_term(in_a: Any) -> None:
    home()
    run = tried(draft())
    today = timezone.localdate()
    assert run.expires_on == today + datetime.timedelta(days=services.KEPT_DAYS)
    assert services.remove_expired(run.expires_on) == 0
    assert services.remove_expired(run.expires_on + datetime.timedelta(days=1)) == 1
    assert events("impact:run:removed") == ["impact:run:removed"]
    assert not ImpactRun.objects.exists()


def test_a_run_that_was_removed_while_it_waited_needs_nothing(in_a: Any) -> None:
    home()
    run = started(CATEGORIES, f"revision:{draft().pk}")
    job = services.job_of(run)
    assert job is not None
    services.delete_run(run)
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_results_go_the_night_after_their_revision_was_withdrawn(in_a: Any) -> None:
    home()
    revision = draft()
    tried(revision)
    today = timezone.localdate()
    assert services.remove_expired(today) == 0
    Revision.objects.filter(pk=revision.pk).update(state=Revision.State.WITHDRAWN)
    assert services.remove_expired(today) == 1
    assert not ImpactRun.objects.exists()


def test_a_draft_that_changed_since_is_said(in_a: Any) -> None:
    home()
    revision = draft()
    run = tried(revision)
    assert not choosing.changed_since(run)
    revision.content["category"][0]["income_below"] = "9/8"
    revision.save()
    assert choosing.changed_since(run)


def test_a_pack_for_trials_is_tried_on_top_of_what_is_in_force(in_a: Any) -> None:
    spend(pupil_of(home().household), "school_supplies", 60_000)
    offered = dict(choosing.choices(YEAR))
    [choice] = [each for each in offered if each.endswith("doubled-class-caps")]
    assert "sample-operator" in choice
    run = done(started(CATEGORIES, choice))
    assert run.problems == []
    assert run.summary["total"]["movers"] == 0
    assert run.summary["total"]["paid"]["difference"] >= 0


def test_what_was_already_put_right_stands_beside_the_difference(in_a: Any) -> None:
    pupil = paid_home(10_000)
    round_ = closed_round()
    Adjustment.objects.create(
        round=round_, pupil=pupil, run=1, item="school_lunch", month=round_.starts_on, ledgers={"statutory": -900},
        total=-900, net=-900, state="accepted", applied=True, counted_at=pupil, causes=["status"], accepted_by="見本",
    )  # fmt: skip
    rates = [{"items": ["school_lunch"], "statutory": ["1", "1/4", "0"], "source": "own", "standing": "operator"}]
    tried(draft({"rates": rates}), PAYMENTS)
    line = ImpactPayment.objects.get()
    assert (line.before, line.after, line.adjusted) == (5_000, 2_500, -900)
