"""Signal 26: what a role usually takes out is learnt of the real trail; more than that, and what leaves outside the hours, is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from audit.detection.calendar import Hours, Notice
from audit.detection.exports.usual import ExportDay, RoleDays, Sizes, learn, usual_of
from audit.detection.signals.access import export_outside_hours, export_size, exports
from audit.detection.signals.base import Norms
from audit.trail.actors import Actor, ActorKind, acting_as
from audit.trail.entries import Subject
from audit.trail.leaving import Approved, taken
from audit.trail.vocabulary import Event
from tests.audit.detection.conftest import tokyo
from tests.audit.detection.signals.days import after, day, event
from tests.audit.detection.test_watch import alerts
from tests.platform.accounts.sign_in import make_person

CLERK, HEAD = "学校事務担当", "校長"
SESSION = "5b1f6f0e-0000-4000-8000-000000000001"
OTHER_SESSION = "5b1f6f0e-0000-4000-8000-000000000002"
COLLEAGUES = "5b1f6f0e-0000-4000-8000-000000000003"


def export(rows: int, minutes: float = 0, **detail: Any) -> Any:
    return event(Event.EXPORT_TABLE_MADE, after(minutes), taken_out=rows, **{"table": f"{minutes}", **detail})


def known(rows: list[int], role: str = CLERK, files: int = 1) -> tuple[RoleDays, ...]:
    return usual_of(learn(ExportDay(str(n % 5), frozenset({role}), size, files) for n, size in enumerate(rows)), [role])


def sizes(rows: list[int]) -> Sizes:
    (one,) = known(rows)
    assert one.rows is not None
    return one.rows


def outside(*events: Any, norms: Norms) -> Any:
    return export_outside_hours.evaluate(day(*events, norms=norms), 0)


def told(*events: Any, role_days: tuple[RoleDays, ...], threshold: float = 0.01) -> Any:
    return export_size.evaluate(day(*events, norms=Norms(exports=role_days)), threshold)


def test_with_fewer_than_twenty_days_of_the_role_nothing_can_be_said() -> None:
    assert told(export(5_000), role_days=known([10] * 19)) == export_size.NOT_LEARNT
    assert len(told(export(5_000), role_days=known([10] * 20))) == 1
    assert told(export(29), role_days=known([10] * 19)) == [], "so few are never many"


def test_while_the_days_are_few_one_odd_day_neither_fires_nor_hides() -> None:
    """Twenty to ninety-eight days: more than was ever seen, and far from the middle of all of them."""
    common = [38, 40, 41, 44, 36, 39, 42, 40, 37, 43] * 4
    assert told(export(60), role_days=known(common)) == [], "larger than ever, and still like the others"
    assert len(told(export(200), role_days=known(common))) == 1
    assert told(export(399), role_days=known([*common, 400])) == [], "as much was taken out before"
    assert len(told(export(401), role_days=known([*common, 400]))) == 1, "one large day does not make twice that usual"


def test_work_that_comes_in_two_sizes_is_not_told_for_the_larger_one() -> None:
    assert told(export(95), role_days=known([5, 6, 4, 5, 80, 5, 7, 5, 6, 5, 90, 4, 5, 6, 5, 85, 5, 6, 4, 5])) == []
    assert (
        len(told(export(2_000), role_days=known([5, 6, 4, 5, 80, 5, 7, 5, 6, 5, 90, 4, 5, 6, 5, 85, 5, 6, 4, 5]))) == 1
    )


@pytest.mark.parametrize("days", [99, 250, 2_000, 20_000])
def test_the_kept_days_tell_the_same_share_as_all_of_them(days: int) -> None:
    rows = [int(size) for size in np.random.default_rng(days).lognormal(3.5, 1.1, days) + 1]
    kept = sizes(rows)
    assert len(kept.largest) < 130
    for size in {row for row in sorted(rows)[-(days // 10) :: max(1, days // 200)] if row > kept.largest[-1][1]}:
        exact = (1 + sum(value >= size for value in rows)) / (days + 1)
        assert exact <= kept.share(size) <= exact * 1.06 + 1e-9


def test_of_days_that_are_like_those_before_no_more_than_promised_are_told() -> None:
    chance, fired = np.random.default_rng(5), 0
    for _ in range(60):
        rows = [int(size) for size in chance.lognormal(4, 0.9, 150) + 1]
        fired += sum(sizes(rows[:130]).share(size) <= 0.01 for size in rows[130:])
    assert 0.003 < fired / 1_200 < 0.0135


def test_what_two_people_approved_counts_as_a_file_and_not_by_its_rows() -> None:
    role_days = known([40] * 150)
    approved = [export(500, n, approved_as="approved_round") for n in range(10)]
    assert told(*approved[:9], role_days=role_days) == []
    (found,) = told(*approved, role_days=role_days)
    assert found.sentence.startswith(
        f"1日にファイル10件を持ち出した。同じ役割（{CLERK}）の5人が過去400日に持ち出した150日では、"
    )
    (found,) = told(*approved, export(41, 20), role_days=role_days)
    assert found.sentence.startswith("1日に承認を受けていない41行・人分を持ち出した。")
    assert found.sentence.endswith("最も多い日で40行・人分（これほど多い日の割合 0.7%）。")


def test_the_same_file_again_is_one_and_files_about_nobody_are_none() -> None:
    role_days = known([40] * 150)
    again = [export(30, n, table="same") for n in range(12)]
    assert told(*again, role_days=role_days) == []
    assert told(*[export(0, n) for n in range(40)], role_days=role_days) == []
    assert len(told(export(30, 0), export(30, 1), role_days=role_days)) == 1, "in two halves"
    assert exports.evaluate(day(export(0), norms=Norms(has_exported=False)), 0) == []


def test_with_two_roles_the_one_that_takes_out_more_is_compared() -> None:
    both = (*known([40] * 150), *known([900] * 150, "教委担当"))
    assert told(export(800), role_days=both) == []
    (found,) = told(export(901), role_days=both)
    assert found.detail["役割"] == "教委担当"


def test_outside_the_hours_is_told_by_session_and_not_under_a_notice() -> None:
    late = [export(80, 12.5 * 60), export(20, 12.6 * 60)]
    norms = Norms(hours=Hours())
    (found,) = outside(*late, export(9), norms=norms)
    assert found.sentence == (
        "21:30に、利用時間外にファイル2件・100行・人分を持ち出した。利用時間は平日7:00〜21:00。時間外利用届なし。"
    )
    notice = Notice(tokyo("2026-11-20T21:00"), tokyo("2026-11-20T22:00"))
    under_notice = Norms(hours=Hours(), notices=(notice,))
    assert outside(*late, norms=under_notice) == []
    holiday = Hours(days_off={after().date(): "開庁記念日"})
    (found,) = outside(export(9), norms=Norms(hours=holiday))
    assert found.sentence.startswith("休日（開庁記念日）の9:00に、")


@pytest.fixture
def clerk(hours: Any) -> Any:
    from accounts.roles import Role

    return make_person("exporting-clerk", (Role.SCHOOL_CLERK, "S01"))


def take_out(person: Any, rows: int, session: str = SESSION, role: str = CLERK, **detail: Any) -> None:
    from audit.trail.recorder import record_access

    with acting_as(Actor(ActorKind.PERSON, str(person.pk), person.display_name, role, "T-TEST", session)):
        subject, detail = Subject("file", f"{rows}-{len(detail)}"), taken(rows, **detail)
        record_access(Event.EXPORT_FILE_DOWNLOADED, subjects=[subject], detail=detail, allowed_by="download_file")


def mine(rule: str) -> list[Any]:
    return [alert for alert in alerts() if (alert.rule, alert.username) == (rule, "exporting-clerk")]


def largest(now: datetime) -> int:
    """What 校長 took out at most on a day, as learnt now."""
    from audit.detection.logins.learning import learn_habits
    from audit.detection.models import Habits

    learn_habits(now)
    known = Habits.objects.get(username=Habits.ORGANISATION).profile["exports"][HEAD]["rows"]
    assert known["days"] >= 20
    return int(known["largest"][0][1])


def test_a_role_is_learnt_of_the_trail_and_what_passes_it_is_an_alert(
    hours: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four days of five 校長, then one with ten times as much; it teaches nothing until people have judged it.

    Never ahead of the clock: the trail keeps what a test writes, and others ask for what came since a moment.
    """
    from accounts.roles import Role
    from audit.detection.models import SignalSeen, Unevaluated
    from audit.detection.sweeping import sweep
    from audit.review.models import Alert

    principal = make_person("exporting-clerk", (Role.PRINCIPAL, "S01"))
    colleagues = [make_person(f"exporting-{n}", (Role.PRINCIPAL, f"S0{n}")) for n in range(2, 7)]
    today = timezone.now()
    with monkeypatch.context() as clock:
        for ago in range(1, 5):
            moment = today - timedelta(days=ago)
            clock.setattr("django.utils.timezone.now", lambda at=moment: at)
            for place, one in enumerate(colleagues):
                take_out(one, 35 + ago + place, COLLEAGUES, HEAD)
                take_out(one, 70_000, COLLEAGUES, HEAD, approved=Approved.ROUND)
    usual = largest(today)
    assert 43 <= usual < 70_000, "what two people approved counts as a file alone"
    take_out(principal, 30, role=HEAD)
    sweep(timezone.now() + timedelta(seconds=1))
    assert mine("export_size") == []
    assert not Unevaluated.objects.filter(rule="export_size", username="exporting-clerk").exists()
    much = 100 * usual
    take_out(principal, much, OTHER_SESSION, HEAD)
    sweep(timezone.now() + timedelta(seconds=1))
    (alert,) = mine("export_size")
    assert alert.sentence.startswith(f"1日に承認を受けていない{much + 30:,}行・人分を持ち出した。同じ役割（校長）の")
    assert SignalSeen.objects.get(rule="first_export", username="exporting-clerk").outcome == "report"
    tomorrow = today + timedelta(days=1)
    for verdict, teaches in (("", False), ("misuse", False), ("regular", True)):
        Alert.objects.filter(username="exporting-clerk").update(verdict=verdict)
        assert (largest(tomorrow) >= much) is teaches, verdict


def test_nothing_of_a_session_that_was_judged_teaches(clerk: Any) -> None:
    from audit.trail.counting import taken_out_between

    before = timezone.now()
    take_out(clerk, 7_737)
    span = before, timezone.now() + timedelta(seconds=1)
    (found,) = [one for one in taken_out_between(*span, []) if one.rows == 7_737]
    assert (found.role, found.files) == (CLERK, 1)
    assert [one for one in taken_out_between(*span, [SESSION]) if one.rows == 7_737] == []


@pytest.mark.parametrize(("is_noticed", "count"), [(False, 1), (True, 0)])
def test_what_leaves_on_a_day_off_is_an_alert_and_under_a_notice_none(clerk: Any, is_noticed: bool, count: int) -> None:
    from audit.detection.models import DayOff, OvertimeNotice
    from audit.detection.sweeping import sweep

    now = timezone.now()
    DayOff.objects.create(day=timezone.localdate(), name="開庁記念日", created_by="見本")
    if is_noticed:
        span = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1)}
        OvertimeNotice.objects.create(username=clerk.username, reason="締切", approved_by="another", **span)
    take_out(clerk, 12)
    sweep(timezone.now() + timedelta(seconds=1))
    assert len(mine("export_outside_hours")) == count


def test_without_hours_the_evening_cannot_be_judged(clerk: Any) -> None:
    from audit.detection.models import ServiceHours, Unevaluated
    from audit.detection.sweeping import sweep

    ServiceHours.objects.all().delete()
    take_out(clerk, 12)
    sweep(timezone.now() + timedelta(seconds=1))
    assert mine("export_outside_hours") == []
    assert Unevaluated.objects.filter(rule="export_outside_hours", username="exporting-clerk").exists()
