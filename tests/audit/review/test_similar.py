"""The nearest judged alert of the past: same rule, the person's own first, by the time of day round midnight."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from audit.detection.calendar import TOKYO


def alert(at: str, username: str = "a", rule: str = "outside_hours", state: str = "closed") -> Any:
    from audit.review.models import Alert

    moment = datetime.fromisoformat(at).replace(tzinfo=TOKYO)
    verdict = "once" if state == "closed" else ""
    return Alert.objects.create(
        key=f"{username} {at} {rule}",
        rule=rule,
        username=username,
        occurred_at=moment,
        sentence="x",
        state=state,
        verdict=verdict,
    )


def found(of: Any, viewer: Any = None) -> Any:
    from accounts.models import User
    from audit.review.similar import nearest

    near = nearest(of, viewer or User(username="monitor"))
    return near and (near.alert.pk, near.is_same_person, near.minutes_apart)


def test_nothing_without_a_judged_alert_of_the_rule_before(in_a: Any) -> None:
    now = alert("2026-11-20T23:41", state="raised")
    alert("2026-11-01T23:41", rule="role_given")
    alert("2026-11-01T23:40", state="judged")
    alert("2026-11-25T23:41")
    assert found(now) is None


@pytest.mark.parametrize("own", [True, False])
def test_the_persons_own_past_comes_before_a_nearer_time_of_another(in_a: Any, own: bool) -> None:
    other = alert("2026-11-02T23:41", "b")
    mine = alert("2026-11-03T20:41") if own else None
    assert found(alert("2026-11-20T23:41", state="raised")) == ((mine.pk, True, 180) if mine else (other.pk, False, 0))


def test_the_clock_is_round_and_the_newest_wins_a_tie(in_a: Any) -> None:
    alert("2026-11-02T22:00")
    alert("2026-11-03T00:11")
    newest = alert("2026-11-04T00:11")
    assert found(alert("2026-11-20T23:51", state="raised")) == (newest.pk, True, 20)


def test_what_was_found_about_the_one_who_looks_is_no_example(in_a: Any) -> None:
    from accounts.models import User

    alert("2026-11-02T23:41", "b")
    farther = alert("2026-11-01T21:00", "c")
    assert found(alert("2026-11-20T23:41", state="raised"), User(username="b")) == (farther.pk, False, 161)
