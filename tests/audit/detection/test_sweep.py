"""The sweep over the real trail: an access becomes an alert; thresholds, exceptions and failures do what they say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.trail.entries import Subject
from audit.trail.leaving import taken
from audit.trail.vocabulary import Event
from tests.audit.detection.test_watch import alerts, events
from tests.platform.accounts.sign_in import make_person
from tests.support.records import acting

CANARY = Subject("household", "987654321")


@pytest.fixture
def clerk(hours: Any) -> Any:
    from accounts.roles import Role

    return make_person("swept-clerk", (Role.SCHOOL_CLERK, "S01"))


@pytest.fixture
def canaries() -> Any:
    from audit.detection import reasons
    from audit.detection.reasons import CANARY as MARK

    marker = reasons.Marker("test", lambda user, subjects: {s: MARK for s in subjects if s == CANARY})
    reasons.register_watched(marker)
    yield
    reasons._watched.pop("test")


def open_record(person: Any, subject: Subject = CANARY) -> None:
    from audit.trail.recorder import record_access

    with acting(person):
        record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[subject], allowed_by="view_household")


@contextmanager
def watched_too() -> Iterator[None]:
    """The decoy's household bears the mark of a special one instead."""
    from audit.detection import reasons

    there = reasons._watched["test"]
    reasons.register_watched(
        reasons.Marker("test", lambda user, subjects: {s: "注意" for s in subjects if s == CANARY})
    )
    yield
    reasons.register_watched(there)


def excepted(rule: str, starts: datetime, ends: datetime, username: str = "") -> None:
    from audit.detection.models import Loosening, SignalException

    asked = Loosening.objects.create(
        kind="exception", rule=rule, username=username, ends_at=ends, proposed_by="one", decided_by="another",
        state="approved", decided_at=starts,
    )  # fmt: skip
    SignalException.objects.create(
        loosening=asked, rule=rule, username=username, starts_at=starts, ends_at=ends, reason="点検", created_by="見本",
        author="one", approved_by="another",
    )  # fmt: skip


def mine(rule: str) -> list[Any]:
    return [alert for alert in alerts() if (alert.rule, alert.username) == (rule, "swept-clerk")]


def sweep() -> int:
    from audit.detection.sweeping import sweep as really

    return really(timezone.now())


def test_an_access_is_an_alert_within_the_next_sweep_and_only_once(clerk: Any, canaries: None) -> None:
    from audit.detection.models import SignalSeen, SweepMark

    before = timezone.now()
    open_record(clerk)
    sweep()
    (alert,) = mine("canary")
    assert alert.sentence == "見守りのために置いた架空の世帯の記録を開いた。開く業務はない。事案として直ちに確かめる。"
    assert alert.occurred_at - before < timedelta(seconds=5)
    assert SignalSeen.objects.get(rule="canary", username="swept-clerk").outcome == "alert"
    sweep()
    assert len(mine("canary")) == 1
    assert SweepMark.objects.get().until >= before


def test_a_dated_exception_keeps_the_alert_back_but_not_the_signal(clerk: Any, canaries: None) -> None:
    from audit.detection.models import SignalSeen

    now = timezone.now()
    excepted("watched", now, now + timedelta(hours=1), "swept-clerk")
    with watched_too():
        open_record(clerk)
        sweep()
    assert mine("watched") == []
    assert SignalSeen.objects.get(rule="watched", username="swept-clerk").outcome == "excepted"


def test_an_exception_that_is_over_keeps_nothing_back(clerk: Any, canaries: None) -> None:
    now = timezone.now()
    excepted("watched", now - timedelta(days=2), now - timedelta(days=1), "swept-clerk")
    with watched_too():
        open_record(clerk)
        sweep()
    assert len(mine("watched")) == 1


@pytest.mark.parametrize(
    ("rule", "username", "days"),
    [("canary", "swept-clerk", 1), ("watched", "", 1), ("trail_broken", "", 1), ("volume", "swept-clerk", 93)],
)
def test_the_database_takes_no_exception_that_the_rule_does_not_bear(
    clerk: Any, rule: str, username: str, days: int
) -> None:
    from django.db import IntegrityError, transaction

    now = timezone.now()
    excepted("volume", now, now + timedelta(days=92), "swept-clerk")
    with pytest.raises(IntegrityError, match="exception_"), transaction.atomic():
        excepted(rule, now, now + timedelta(days=days), username)


def test_rules_of_grave_matters_bear_no_exception() -> None:
    """Each of signals 14, 15, 30, 31, 34 and 35, and no name that is no rule."""
    from audit.detection.bearing import FOR_NOBODY, FOR_ONE_ALONE
    from audit.detection.registry import ALL_RULES

    grave = {rule.id for rule in ALL_RULES if rule.number in {"14", "15", "30", "31", "34", "35"}}
    assert grave == set(FOR_NOBODY)
    assert set(FOR_ONE_ALONE) < {rule.id for rule in ALL_RULES} - grave


def test_the_prefectures_threshold_counts(clerk: Any) -> None:
    from audit.detection.models import SignalSetting
    from audit.trail.recorder import record_access

    SignalSetting.objects.create(rule="search_probing", threshold=2, updated_by="見本")
    with acting(clerk):
        record_access(Event.READ_SEARCH_SHOWN, allowed_by="view_household")
    sweep()
    assert mine("search_probing") == []
    with acting(clerk):
        later = timezone.now() + timedelta(seconds=25)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.utils.timezone.now", lambda: later)
            record_access(Event.READ_SEARCH_SHOWN, allowed_by="view_household")
    from audit.detection.sweeping import sweep as really

    really(later + timedelta(seconds=1))
    assert len(mine("search_probing")) == 1


def test_a_rule_that_reports_raises_no_alert(clerk: Any) -> None:
    from audit.detection.models import SignalSeen
    from audit.trail.recorder import record_access

    with acting(clerk):
        record_access(Event.EXPORT_TABLE_MADE, detail=taken(1), allowed_by="view_household")
    sweep()
    assert mine("first_export") == []
    assert SignalSeen.objects.get(rule="first_export", username="swept-clerk").outcome == "report"


def test_a_failing_rule_is_noted_and_the_others_go_on(
    clerk: Any, canaries: None, monkeypatch: Any, caplog: Any
) -> None:
    from dataclasses import replace

    from audit.detection import sweeping
    from audit.detection.models import Unevaluated
    from audit.detection.registry import DAY_RULES

    def broken(*_: Any) -> Any:
        raise KeyError("山田 花子")

    rules = tuple(replace(r, evaluate=broken) if r.id == "volume" else r for r in DAY_RULES)
    monkeypatch.setattr(sweeping, "DAY_RULES", rules)
    open_record(clerk)
    sweep()
    assert len(mine("canary")) == 1
    assert any(alert.rule == "watch_failed" and "KeyError" in alert.sentence for alert in alerts())
    assert Unevaluated.objects.filter(rule="volume", has_failed=True).exists()
    assert "山田" not in caplog.text


def test_a_day_that_cannot_be_gathered_holds_up_nobody_else(clerk: Any, canaries: None, monkeypatch: Any) -> None:
    from accounts.roles import Role
    from audit.detection import reasons
    from audit.detection.models import Unevaluated
    from audit.detection.nightly import compare

    other = make_person("swept-first", (Role.SCHOOL_CLERK, "S01"))

    def broken(user: Any, *_: Any) -> Any:
        if user == other:
            raise KeyError("山田 花子")
        return {}

    monkeypatch.setattr(reasons, "_explainers", {"E1:test": reasons.Explainer("E1", "試し", broken)})
    open_record(other)
    open_record(clerk)
    sweep()
    assert len(mine("canary")) == 1
    (told,) = [alert for alert in alerts() if alert.rule == "watch_failed"]
    assert (told.username, "KeyError" in told.sentence, "山田" in told.sentence) == ("swept-first", True, False)
    assert Unevaluated.objects.filter(rule="gathering", username="swept-first", has_failed=True).exists()
    compare(timezone.localdate())


def test_what_reached_the_trail_late_is_judged_the_night_after(clerk: Any, canaries: None) -> None:
    from audit.detection.models import SweepMark
    from audit.detection.sweeping import ask_again

    open_record(clerk)
    now = timezone.now() + timedelta(hours=1)
    SweepMark.objects.update_or_create(pk=SweepMark.ONLY, defaults={"until": now})
    from audit.detection.sweeping import sweep as really

    really(now)
    assert mine("canary") == []
    ask_again(timezone.localdate())
    assert len(mine("canary")) == 1


def test_what_reached_the_trail_days_late_is_judged_by_the_next_night(clerk: Any, canaries: None, at: Any) -> None:
    """An outage over a weekend: the days were looked at, and the event came after."""
    from audit.detection.models import NightlyLook
    from audit.detection.nights import catch_up

    NightlyLook.objects.create(day=at("2027-03-02T09:00").date())
    assert catch_up(at("2027-03-05T00:40"), with_late=True) == 2
    at("2027-03-03T16:00")
    open_record(clerk)
    assert catch_up(at("2027-03-05T05:25")) == 0
    assert mine("canary") == []
    assert catch_up(at("2027-03-06T00:40"), with_late=True) == 2, "the day before, and the one that was reopened"
    (alert,) = mine("canary")
    assert timezone.localdate(alert.occurred_at).isoformat() == "2027-03-03"
    assert catch_up(at("2027-03-06T01:40"), with_late=True) == 0


def test_what_a_person_did_is_found_behind_the_events_of_a_job(clerk: Any, canaries: None, monkeypatch: Any) -> None:
    from audit.detection import gathering, sweeping
    from audit.trail.actors import Actor, ActorKind, acting_as
    from audit.trail.recorder import record_access

    monkeypatch.setattr(gathering, "MOST_EVENTS", 20)
    monkeypatch.setattr(sweeping, "MOST_OF_ALL", 20)
    open_record(clerk)
    with acting_as(Actor(ActorKind.JOB, str(clerk.pk), clerk.display_name, "学校担当")):
        for _ in range(25):
            record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", "1")], allowed_by="job")
    assert [event.subjects for event in gathering.acts_of(clerk, timezone.localdate())] == [(CANARY,)]
    sweep()
    assert len(mine("canary")) == 1


def test_what_cannot_be_judged_is_kept(clerk: Any, monkeypatch: Any) -> None:
    from audit.detection import reasons
    from audit.detection.models import Unevaluated

    monkeypatch.setattr(reasons, "_explainers", {})
    open_record(clerk)
    sweep()
    assert Unevaluated.objects.filter(rule="unexplained", username="swept-clerk", has_failed=False).exists()


def test_the_tasks_run_in_every_live_prefecture(clerk: Any) -> None:
    from audit.detection.tasks import learn, sweep_trail

    with pytest.MonkeyPatch.context() as patch:
        from tenants.core.context import current_prefecture

        patch.setattr("audit.detection.tasks.each_live_prefecture", lambda: iter([current_prefecture()]))
        assert sweep_trail() >= 0
        assert learn() >= 0


def test_a_night_that_differed_is_one_alert(clerk: Any) -> None:
    """Also after later rows that the application did not sign, and a later night that agreed."""
    from audit.trail.models import WitnessComparison
    from audit.trail.witness.signing import signature_of

    def night(**found: Any) -> WitnessComparison:
        return WitnessComparison(compared_at=timezone.now(), until=1, writes=1, events=0, **found)

    for one in (night(unrecorded=[{"取引": n} for n in range(77)]), night()):
        one.signature = signature_of(one)
        one.save()
    WitnessComparison.objects.bulk_create([night() for _ in range(30)])
    sweep()
    sweep()
    told = [alert for alert in alerts() if alert.rule == "trail_broken"]
    assert [alert.sentence for alert in told if "（記録のない書込み77件）" in alert.sentence] != []
    assert len({alert.key for alert in told}) == len(told)


def test_what_nobody_in_particular_tried_with_another_prefectures_cookie_is_one_alert(clerk: Any) -> None:
    from accounts import actors
    from audit.trail.actors import acting_as
    from audit.trail.recorder import record_access

    with acting_as(actors.claimed(None, "T-2222-3333")):
        record_access(Event.ACCESS_PREFECTURE_REFUSED, detail={"what": "session"})
    sweep()
    sweep()
    told = [alert.sentence for alert in alerts() if alert.rule == "foreign_visit" and "Cookie" in alert.sentence]
    assert len(told) == 1, "what the database refused in another test is still in the trail, and an alert of its own"


def test_what_the_database_refused_inside_a_job_is_an_alert_of_the_office(clerk: Any) -> None:
    """No person's day: whoever asked for the job wrote none of its statements."""
    from audit.trail.actors import Actor, ActorKind, acting_as
    from audit.trail.recorder import record_access

    with acting_as(Actor(ActorKind.JOB, str(clerk.pk), clerk.display_name, "")):
        record_access(Event.ACCESS_PREFECTURE_REFUSED, detail={"what": "database", "job": "x"})
    sweep()
    told = [alert.sentence for alert in alerts() if alert.rule == "foreign_visit"]
    assert any(sentence.startswith("データベースが、この団体に許していない読み書きを") for sentence in told)
    assert mine("other_prefecture") == []


def test_what_an_office_rule_cannot_judge_is_kept_each_day_anew(hours: Any, monkeypatch: Any) -> None:
    from audit.detection import gathering
    from audit.detection.models import Unevaluated
    from audit.detection.sweeping import sweep as really

    monkeypatch.setattr(gathering, "health", lambda: None)
    today = timezone.now()
    for moment in (today, today + timedelta(seconds=30), today + timedelta(days=1)):
        really(moment)
    kept = Unevaluated.objects.filter(rule="trail_clock")
    assert [key.rsplit(":", 1)[1] for key in kept.values_list("key", flat=True).order_by("key")] == [
        str(timezone.localdate(moment)) for moment in (today, today + timedelta(days=1))
    ]


def test_a_spray_that_forgets_its_cookie_is_an_alert(clerk: Any) -> None:
    """Six browsers that never were here before, each with one wrong password for another account."""
    from accounts import actors
    from audit.review.models import Alert
    from audit.trail.actors import acting_as
    from audit.trail.recorder import record_access
    from tests.platform.accounts.sign_in import client_of

    for number in range(6):
        typed = {"username": f"nobody-{number}", "password": "not-the-password"}
        client_of("kou.localhost", REMOTE_ADDR="192.0.2.77").post("/login/", typed)
    tried = events("session:password:failed")
    assert len({event.terminal for event in tried}) == 6
    for event in tried:  # the relay carries what is committed, which nothing here ever is
        with acting_as(actors.claimed(None, event.terminal)):
            record_access(Event.SESSION_PASSWORD_FAILED, detail=event.detail)
    sweep()
    (spray,) = Alert.objects.filter(rule="spray", sentence__startswith="接続元192.0.2.0/24の、")
    assert "6人" in spray.sentence
