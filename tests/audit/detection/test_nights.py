"""Each day is looked at by one night: a night that was killed, or never came, is made up, and what is too old is told to people."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.trail.recorder import TrailUnavailable
from tests.audit.detection.test_watch import alerts

TODAY = date(2026, 11, 20)
ONE = timedelta(days=1)


@pytest.fixture
def night(at: Any, hours: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """0:40 in one prefecture, all of whose days but the last were looked at."""
    from audit.detection.models import NightlyLook
    from tenants.core.context import current_prefecture

    monkeypatch.setattr("audit.detection.tasks.each_live_prefecture", lambda: iter([current_prefecture()]))
    NightlyLook.objects.create(day=TODAY - 2 * ONE, recorded_until=timezone.now() + 99 * ONE)
    return at(f"{TODAY}T00:40")


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Counter[date]:
    """Days by how often their accesses were compared, by the real comparison."""
    from audit.detection import nightly, nights

    days: Counter[date] = Counter()

    def compare(on: date) -> int:
        days[on] += 1
        return nightly.compare(on)

    monkeypatch.setattr(nights, "compare", compare)
    return days


def done() -> set[date]:
    from audit.detection.models import NightlyLook

    return set(NightlyLook.objects.filter(is_given_up=False).values_list("day", flat=True))


def test_a_night_looks_at_the_day_before_and_once(night: datetime, looked_at: Counter[date]) -> None:
    from audit.detection.tasks import learn, make_up

    learn()
    learn()
    make_up()
    assert looked_at == {TODAY - ONE: 1}


def test_a_killed_night_and_those_that_never_came_are_made_up_by_the_next(
    night: datetime, at: Any, looked_at: Counter[date], monkeypatch: pytest.MonkeyPatch
) -> None:
    from audit.detection import nights
    from audit.detection.tasks import learn

    class Killed(BaseException):
        """As the end of a process: nothing catches it, and what was committed stays."""

    def killed(on: date) -> int:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(nights, "ask_again", killed)
        with pytest.raises(Killed):
            learn()
    assert TODAY - ONE not in done()
    at(f"{TODAY + 3 * ONE}T00:40")
    learn()
    assert looked_at == {TODAY - ONE: 2, TODAY: 1, TODAY + ONE: 1, TODAY + 2 * ONE: 1}
    assert done() >= {TODAY + n * ONE for n in range(-2, 3)}


def test_a_day_that_fails_is_owed_and_holds_up_no_other(
    night: datetime, at: Any, looked_at: Counter[date], monkeypatch: pytest.MonkeyPatch
) -> None:
    from audit.detection import nights
    from audit.detection.sweeping import ask_again
    from audit.detection.tasks import make_up

    at(f"{TODAY + ONE}T05:25")

    def broken(on: date) -> int:
        if on == TODAY - ONE:
            raise KeyError(on)
        return ask_again(on)

    with monkeypatch.context() as patch:
        patch.setattr(nights, "ask_again", broken)
        with pytest.raises(ExceptionGroup):
            make_up()
    assert done() >= {TODAY}
    assert TODAY - ONE not in done()
    assert make_up() == 1
    assert looked_at == {TODAY - ONE: 2, TODAY: 1}


def test_with_the_trail_away_every_day_waits(
    night: datetime, looked_at: Counter[date], monkeypatch: pytest.MonkeyPatch
) -> None:
    from audit.detection import nights
    from audit.detection.tasks import make_up

    def away(on: date) -> int:
        raise TrailUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(nights, "ask_again", away)
        assert make_up() == 0
    assert make_up() == 1


def test_what_is_too_old_is_told_to_people_once(night: datetime, at: Any, looked_at: Counter[date]) -> None:
    from audit.detection.nights import MOST_DAYS
    from audit.detection.tasks import learn

    now = TODAY + timedelta(days=MOST_DAYS + 1)
    for _ in range(2):
        at(f"{now}T00:40")
        learn()
    told = [alert for alert in alerts() if alert.rule == "watch_failed"]
    assert [alert.sentence for alert in told] == [
        "令和8年11月19日から令和8年11月20日までの閲覧は、夜間の照合が31日より長く止まっていたため、理由との照合をしていません。"
        "人が確かめてください。"
    ]
    assert looked_at == dict.fromkeys((TODAY + n * ONE for n in range(1, MOST_DAYS + 1)), 1)


def test_nobody_is_told_of_days_before_last_year(night: datetime, at: Any) -> None:
    from audit.detection.models import NightlyLook
    from audit.detection.nights import owed

    NightlyLook.objects.create(day=date(1900, 1, 1))
    assert owed(night)[1][0] > TODAY - timedelta(days=402)


def test_a_comparison_of_the_witness_that_no_night_made_is_made_up(night: datetime, at: Any) -> None:
    from audit.detection.tasks import make_up
    from audit.trail.models import WitnessComparison
    from audit.trail.witness.comparison import compare

    compare()
    made = WitnessComparison.objects.count()
    at(f"{TODAY}T23:25")
    make_up()
    assert WitnessComparison.objects.count() == made, "the night came"
    at(f"{TODAY + ONE}T05:25")
    make_up()
    make_up()
    assert WitnessComparison.objects.count() == made + 1
    assert WitnessComparison.objects.latest("pk").compared_at == timezone.now()
