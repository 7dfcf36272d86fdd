"""Signal 30 as rules: the trail that is late, unsealed, broken, or under a wrong clock; signal 31 without a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from audit.detection.signals.office import Night, Office, OfficeRule, Refusals
from audit.detection.signals.platform.other_prefecture import NOBODY
from audit.detection.signals.trail_health import BROKEN, CLOCK, FORGED, UNSEALED
from audit.trail.sealing.health import Break, Health
from audit.trail.vocabulary import Event
from tests.audit.detection.signals.days import MORNING, after, event


def ask(rule: OfficeRule, **about: Any) -> Any:
    return rule.evaluate(Office(after(6), (), None, **about), rule.standard or 0.0)


def test_what_is_not_sealed_for_five_minutes_is_told_once() -> None:
    (found,) = ask(UNSEALED, trail=Health(unsealed_since=MORNING))
    assert found.sentence == UNSEALED.example
    answer: Any = UNSEALED.evaluate(Office(after(9), (), None, trail=Health(unsealed_since=MORNING)), 5)
    (again,) = answer
    assert again.mark == found.mark
    assert ask(UNSEALED, trail=Health(unsealed_since=after(1))) == []
    assert ask(UNSEALED, trail=Health()) == []


def test_each_break_and_each_differing_night_is_told() -> None:
    trail = Health(breaks=(Break(12, "前の束につながっていない"), Break(14, "署名が見出しと合わない")))
    first, second, night = ask(
        BROKEN, trail=trail, nights=(Night(4, after(9), 0, 0, 0, until=8), Night(3, MORNING, 2, 0, 1, 4, until=7))
    )
    assert first.sentence == BROKEN.example
    assert first.mark != second.mark
    assert "（記録のない書込み2件、署名の合わない記録4件、変わった署名1件）" in night.sentence
    assert ask(BROKEN, trail=Health(), nights=(Night(3, MORNING, 0, 0, 0),)) == []


def test_a_night_that_ends_where_the_one_before_it_ended_is_told_once() -> None:
    first, second, third = (Night(n, MORNING + timedelta(days=n), 0, 0, 0, until=7) for n in (1, 2, 3))
    (found,) = ask(BROKEN, trail=Health(), nights=(second, first))
    assert found.sentence.startswith("夜間の照合が、11月21日から進んでいない（終わらない取引")
    (again,) = ask(BROKEN, trail=Health(), nights=(third, second, first))
    assert again.mark == found.mark
    assert ask(BROKEN, trail=Health(), nights=(replace(second, until=8), first)) == []
    assert ask(BROKEN, trail=Health(), nights=(replace(second, at=first.at + timedelta(hours=1)), first)) == []


def test_what_the_relay_set_aside_is_told_once_an_hour() -> None:
    first, second = ask(FORGED, refused=(Refusals(MORNING, 2), Refusals(after(90), 4)))
    assert first.sentence.startswith(FORGED.example)
    assert (first.mark == second.mark, second.detail) == (False, {"件数": 4})
    assert ask(FORGED) == []


@pytest.mark.parametrize("trail", [Health(apart=-9), Health(stepped=6), Health(is_set_back=True)])
def test_a_wrong_clock_is_told_once_a_day(trail: Health) -> None:
    (found,) = ask(CLOCK, trail=trail)
    assert found.sentence.endswith("時刻の同期を確かめる。")
    assert found.mark.endswith("20261120")


def test_clocks_that_agree_are_silent() -> None:
    assert ask(CLOCK, trail=Health(apart=5, stepped=-5)) == []


@pytest.mark.parametrize("rule", [UNSEALED, BROKEN, CLOCK])
def test_what_could_not_be_read_cannot_be_judged(rule: OfficeRule) -> None:
    assert "判定できません" in ask(rule)


def test_refusals_without_a_person_belong_to_the_office() -> None:
    tried = event(Event.ACCESS_PREFECTURE_REFUSED, what="session")
    denied = event(Event.ACCESS_PREFECTURE_REFUSED, what="database")
    cookies, database = ask(NOBODY, foreign=(tried, denied, denied))
    assert cookies.sentence == NOBODY.example
    assert database.sentence.startswith("データベースが、この団体に許していない読み書きを2回断った。")
    assert ask(NOBODY) == []
