"""The hour model against arithmetic done by hand, against brute force, and against what it promises."""

from __future__ import annotations

from datetime import timedelta
from math import cos, exp, log, pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.detection.hours import circle, model
from audit.detection.hours.conformal import at_least_as_unusual, p_values
from audit.detection.hours.days import CELLS, DayKind, cells, day_numbers
from audit.detection.hours.history import history, sessions_of
from audit.detection.hours.leave_one_out import BLOCK_DAYS, blocks, left_out
from audit.detection.hours.organisation import holidays_worked, organisation
from audit.detection.hours.rarity import expected, score
from tests.audit.detection.hours.offices import MONDAY, at, office, seconds


def ints(*values: int) -> circle.Ints:
    return np.array(values, dtype=np.int64)


def test_two_log_ins_by_hand() -> None:
    """Two persons, one log-in each at 9:10 on a Monday: each has one of their own and one of the other's to compare with."""
    past = history(ints(0, 1), ints(at("2026-05-11T09:10"), at("2026-05-11T09:20")), 2)
    others, counts = organisation(past)
    nine = 18
    top = 1 / sum(exp(8 * (cos(2 * pi * k / 48) - 1)) for k in range(48))
    hour_of_others = (top + 0.02) / (1 + 48 * 0.02)
    share_of_others = (1 + 0.02 * 96 * 245 / 365) / (1 + 0.02 * 96)
    fitted = model.fit(counts)
    shares, hours = model.own_shares_and_hours(fitted, others)
    assert shares[0, 0, 0] == pytest.approx((1 + 5 * share_of_others) / 6)
    assert hours[0, 0, nine] == pytest.approx((top + 5 * hour_of_others) / 6)
    alone = left_out(past, fitted, others, model.SHRINK)
    assert alone[0] == pytest.approx(share_of_others * exp(-(log(hour_of_others) ** 2) / 6))


def test_rarity_by_hand() -> None:
    """A half hour of exp(−6) counts as it is, a commoner one less; on days off a quarter of that, more when more are known."""
    worked = expected(np.array([0.5]), np.array([exp(-6.0), 0.1]), ints(0))
    assert worked == pytest.approx([0.5 * exp(-6.0), 0.5 * exp(-(log(10) ** 2) / 6)])
    assert expected(np.array([0.5]), np.array([exp(-6.0)]), ints(1)) == pytest.approx([0.5 * exp(-1.5) / 48**0.75])
    known = expected(np.array([0.5]), np.array([exp(-6.0)]), ints(1), 5.0)
    assert known == pytest.approx([0.5 * exp(-3.0) / 48**0.5])
    assert score(np.array([exp(-6.0)]), np.array([1.0])) == pytest.approx([5.0])
    assert score(np.array([1.0]), np.array([exp(-6.0)])) == pytest.approx([1.0])


def test_a_log_in_left_out_is_judged_by_a_model_without_its_block_of_days() -> None:
    persons, moments = office(3, 30)
    past = history(persons, moments, 3)
    others, counts = organisation(past)
    found = left_out(past, model.fit(counts), others, model.SHRINK)
    assert len(set(blocks(past))) < len(set(past.sessions))
    for place in (0, 7, 25, 40):  # not among a person's last log-ins: ages are counted from them
        person, days = past.persons[place], day_numbers(past.seconds) // BLOCK_DAYS
        kept = (past.persons != person) | (days != days[place])
        without = history(past.persons[kept], past.seconds[kept], 3)
        _, fewer = organisation(without)
        shares, hours = model.own_shares_and_hours(model.fit(fewer), others)
        kind, half = divmod(int(past.cells[place]), circle.HALF_HOURS)
        by_type = expected(shares[person, :, 0], hours[person, :, half], ints(0, 1), fewer[person].sum(axis=1))
        assert found[place] == pytest.approx(others.scored[kind] @ by_type)


def test_log_ins_of_one_session_weigh_as_one_and_leave_together() -> None:
    often = history(ints(0, 0, 0, 1), ints(*(at(f"2026-05-11T0{h}:05") for h in (7, 8, 9)), at("2026-05-11T08:00")), 2)
    assert often.weights[:3].sum() == pytest.approx(1, rel=1e-3)
    assert sessions_of(often).tolist() == [1, 1]
    others, counts = organisation(often)
    found = left_out(often, model.fit(counts), others, model.SHRINK)
    assert found[:3] == pytest.approx(expected(others.shares[0, 0], others.hours[0, 0, [14, 16, 18]], ints(0)))


def test_p_values_keep_their_promise() -> None:
    """Half of 84 days of 40 people are learnt, drawn at random: of the other half a share of α has p ≤ α."""
    alphas, shares = (0.02, 0.05, 0.2), []
    for seed in range(8):
        persons, moments = office(40, 84, seed)
        drawn = np.random.default_rng(seed).random(len(moments)) < 0.5
        learnt = model.learn(history(persons[drawn], moments[drawn], 40))
        p = learnt.own[persons[~drawn], cells(moments[~drawn])]
        shares.append([(p <= alpha).mean() for alpha in alphas])
    assert np.mean(shares, axis=0) == pytest.approx(alphas, rel=0.25)


def test_nights_and_weekends_stand_out() -> None:
    persons, moments = office(20, 60)
    learnt = model.learn(history(persons, moments, 20))
    night, sunday, usual = cells(ints(at("2026-08-04T02:00"), at("2026-08-02T13:00"), at("2026-08-04T09:00")))
    assert learnt.own[:-1, night].max() <= 0.01
    assert learnt.own[:-1, sunday].max() <= 0.05
    assert np.median(learnt.own[:-1, usual]) >= 0.3


@given(shift=st.integers(-12, 12), seed=st.integers(0, 50))
@settings(max_examples=15, deadline=None)
def test_turning_everybodys_clock_turns_the_model(shift: int, seed: int) -> None:
    """No half hour is special: later log-ins by so many half hours give the same p-values, so much later."""
    chance = np.random.default_rng(seed)
    days = [MONDAY + timedelta(days=day) for day in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15)]
    rows = [(p, seconds(day + timedelta(hours=float(chance.uniform(8, 14))))) for p in range(4) for day in days]
    persons, moments = np.array(rows, dtype=np.int64).T
    before = model.learn(history(persons, moments, 4)).own.reshape(5, 3, 48)
    after = model.learn(history(persons, moments + shift * 1800, 4)).own.reshape(5, 3, 48)
    assert after[:, 0] == pytest.approx(np.roll(before, shift, axis=2)[:, 0])


@given(st.lists(st.floats(0, 20), max_size=60), st.lists(st.floats(0, 20), min_size=2, max_size=20))
def test_p_values_fall_as_scores_rise(past: list[float], scores: list[float]) -> None:
    p = p_values(np.sort(np.array(past)), np.sort(np.array(scores)))
    assert (np.diff(p) <= 0).all()
    assert ((p > 0) & (p <= 1)).all()


def test_p_values_by_hand() -> None:
    """Three past scores 1, 2, 4: (how many are at least as high + rest) / 4."""
    past, scores = np.array([1.0, 2.0, 4.0]), np.array([0.5, 1.0, 1.5, 2.0, 2.5, 3.5, 4.0, 5.0, 99.0])
    p = p_values(past, scores)
    assert p * 4 == pytest.approx([4, 4, 2.5, 2.01, 1.75, 1.25, 1.01, 0.995, 0.990104], abs=1e-6)
    assert [at_least_as_unusual(one, 3) for one in p] == [int((past >= score).sum()) for score in scores]


@given(st.lists(st.floats(0, 20), min_size=1, max_size=60), st.floats(0, 25))
def test_the_count_can_be_read_off_a_p_value_of_single_precision(past: list[float], asked: float) -> None:
    ordered = np.sort(np.array(past))
    p = float(np.float32(p_values(ordered, np.array([asked]))[0]))
    assert at_least_as_unusual(p, len(past)) == sum(one >= asked - 1e-9 for one in past)


def test_the_same_second_twice_is_one_log_in() -> None:
    persons, moments = office(4, 30)
    twice = history(np.concatenate([persons, persons]), np.concatenate([moments, moments]), 4)
    once = history(persons, moments, 4)
    assert (twice.weights == once.weights).all()
    assert (model.learn(twice).own == model.learn(once).own).all()


def test_a_first_sunday_is_the_more_unusual_the_longer_there_was_none() -> None:
    """And where colleagues come on Sundays it is less so."""
    sunday = cells(ints(at("2026-08-02T09:00")))[0]

    def told(days: int, colleagues_come: bool) -> float:
        persons, moments = office(12, 100)
        working = cells(moments) < circle.HALF_HOURS
        first = moments < seconds(MONDAY + timedelta(days=days))
        kept = np.where(persons == 0, working & first, working | colleagues_come)
        learnt = model.learn(history(persons[kept], moments[kept], 12))
        return float(learnt.judge(ints(0), ints(sunday), np.array([False]))[0])

    assert told(90, True) < told(25, True) < told(14, True) < told(7, True) < 0.1
    assert max(told(days, False) for days in (7, 14, 90)) < 0.002 < told(25, True)


@given(st.floats(0.5, 40), st.lists(st.integers(0, 9), min_size=48, max_size=48))
def test_smoothing_keeps_the_sum(kappa: float, counts: list[int]) -> None:
    assert circle.smooth(np.array(counts, dtype=float), kappa).sum() == pytest.approx(sum(counts))


def test_an_empty_history_accuses_nobody() -> None:
    nothing = ints()
    learnt = model.learn(history(nothing, nothing, 0))
    assert learnt.own.shape == (1, CELLS)
    assert (learnt.own == 1).all()
    assert (learnt.shared == 1).all()


def test_order_of_the_lines_does_not_matter() -> None:
    persons, moments = office(5, 40)
    mixed = np.random.default_rng(3).permutation(len(persons))
    first = model.learn(history(persons, moments, 5))
    assert (first.own == model.learn(history(persons[mixed], moments[mixed], 5)).own).all()


def test_a_transfer_halves_what_was_before() -> None:
    moments = ints(at("2026-05-11T09:00"), at("2026-05-12T09:00"))
    plain = history(ints(0, 0), moments, 1)
    moved = history(ints(0, 0), moments, 1, transfers={0: at("2026-05-12T00:00")})
    assert moved.weights.tolist() == [plain.weights[0] / 2, plain.weights[1]]


def test_age_counts_by_half_in_90_days_and_ends_at_180_beyond_the_last_sessions() -> None:
    days = [0, 90, 100, *range(300, 330)]
    past = history(np.zeros(len(days), dtype=np.int64), ints(*(at("2025-01-06T09:00") + d * 86_400 for d in days)), 1)
    assert len(past.seconds) == 30
    assert past.weights[0] == pytest.approx(0.5 ** (29 / 90))
    few = history(ints(0, 0), ints(at("2025-01-06T09:00"), at("2026-01-06T09:00")), 1)
    assert len(few.seconds) == 2


def test_holidays_are_days_off_unless_the_organisation_works_on_them() -> None:
    persons, moments = office(10, 60, start=MONDAY.replace(month=4, day=6), works_on_holidays=True)
    kinds = cells(moments) // circle.HALF_HOURS
    assert (kinds == DayKind.HOLIDAY).sum() > 10  # 昭和の日 and the days of May
    assert holidays_worked(history(persons, moments, 10)) > 0.8
    off = kinds != DayKind.HOLIDAY
    assert holidays_worked(history(persons[off], moments[off], 10)) == 0


def test_kinds_of_days_and_half_hours_are_japanese() -> None:
    kinds = cells(ints(at("2026-05-11T00:00"), at("2026-05-10T23:59"), at("2026-05-04T12:30"), at("2026-12-31T12:29")))
    assert kinds.tolist() == [0, 48 + 47, 96 + 25, 96 + 24]
