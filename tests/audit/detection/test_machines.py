"""Machines, roll-outs, durations and the combination, without a database."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.detection.logins.combination import Term, combined
from audit.detection.logins.durations import habits_of, robust_z
from audit.detection.logins.features import Login, features_of
from audit.detection.logins.freeman import NEW_TO_ALL, NEW_TO_PERSON, Profile, left_out, profiles, suspicion
from audit.detection.logins.rollouts import rollouts

EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"
A_DAY = 86_400


def machine(terminal: str = "T-1", network: str = "10.1.2.0/24", browser: str = "Edge 142") -> dict[str, str]:
    return {"terminal": terminal, "network": network, "browser": browser, "system": "Windows"}


def login(person: str, day: int, section: str = "総務", **values: str) -> Login:
    return Login(person, section, day * A_DAY, machine(**values))


def test_features_of_a_browser() -> None:
    assert features_of("T-1", "10.1.2.3", EDGE) == machine()
    assert features_of("", None, "") == dict.fromkeys(("terminal", "network", "browser", "system"), "不明")
    assert features_of("T-1", "2001:db8:1:2:3::4", "Firefox/131.0 (X11; Linux)")["network"] == "2001:db8:1:2::/64"
    assert features_of("T-1", "10.1.2.3", "Mozilla/5.0 Version/18.1 Safari (iPad)")["browser"] == "Safari 18"


def test_the_ratio_by_hand() -> None:
    """3 log-ins of the person at T-1; 9 of everybody, 3 of them at T-1. Shares 3/9 · 9/10 and 3/3 · 3/4."""
    own, everybody = profiles([(person, machine(f"T-{person}")) for person in "123" for _ in range(3)])
    found = suspicion(machine("T-1"), own["1"], everybody, 3)
    one = log((3 / 9 * 9 / 10) / (1 * 3 / 4))
    rest = 3 * log((9 / 10) / (3 / 4))
    assert found.total == pytest.approx(one + rest + log(10 / (4 * 3)))


def test_new_machines_weigh_by_who_knows_them() -> None:
    own, everybody = profiles([(person, machine(f"T-{person}")) for person in "123" for _ in range(3)])
    colleague = dict(suspicion(machine("T-2"), own["1"], everybody, 3).terms)
    unknown = dict(suspicion(machine("T-9"), own["1"], everybody, 3).terms)
    assert colleague["terminal"] == NEW_TO_PERSON
    assert unknown["terminal"] == NEW_TO_ALL
    accepted = frozenset({("browser", "Edge 143")})
    assert dict(suspicion(machine(browser="Edge 143"), own["1"], everybody, 3, accepted).terms)["browser"] == 0


def test_leaving_out_changes_nothing_for_good() -> None:
    own, everybody = profiles([("1", machine()), ("1", machine("T-2")), ("2", machine())])
    before = left_out("1", machine("T-2"), own, everybody, 2)
    assert left_out("1", machine("T-2"), own, everybody, 2) == before
    fewer, rest = profiles([("1", machine()), ("2", machine())])
    assert before == pytest.approx(suspicion(machine("T-2"), fewer["1"], rest, 2).total)


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=40))
def test_shares_stay_below_one_and_above_nothing(values: list[str]) -> None:
    profile = Profile()
    for value in values:
        profile.add(machine(value))
    seen = sum(profile.share("terminal", value) for value in set(values))
    assert seen + profile.share("terminal", "unseen") == pytest.approx(1)


def test_an_update_that_reaches_a_fifth_of_the_section_is_accepted_for_a_week() -> None:
    people = [f"p{n}" for n in range(10)]
    old = [login(person, day) for person in people for day in range(20)]
    new = [login(person, 20, browser="Edge 143") for person in people[:3]]
    assert rollouts([*old, *new], 21 * A_DAY) == {"総務": frozenset({("browser", "Edge 143")})}
    assert rollouts([*old, *new[:2]], 21 * A_DAY) == {}
    assert rollouts([*old, *new], 28 * A_DAY) == {}


def test_terminals_are_never_rolled_out() -> None:
    people = [f"p{n}" for n in range(4)]
    moved = [login(person, 20, terminal="T-NEW") for person in people]
    assert ("terminal", "T-NEW") not in rollouts(moved, 21 * A_DAY)["総務"]


def test_terms_add_up_and_the_largest_are_told() -> None:
    terms = [
        Term(str(n), p, f"理由{n}", s) for n, (p, s) in enumerate([(0.5, 1.0), (0.01, 4.0), (0.2, 2.0), (0.9, 0.5)])
    ]
    found = combined(terms, np.arange(0, 10, 0.1))
    assert found is not None
    assert [term.title for term in found.terms] == ["1", "2", "0"]
    assert found.p_value == pytest.approx((25 + 0.01) / 101)
    assert found.sentence.startswith("【1】理由1【2】")
    assert combined([], np.arange(3.0)) is None
    assert combined(terms, np.array([])) is None


def test_durations_need_twenty_sessions_and_lean_on_the_section() -> None:
    assert habits_of([3600] * 19, []) is None
    median, spread = habits_of([3600] * 20, [7200] * 100) or (0.0, 0.0)
    assert log(3600) < median < log(7200)
    assert spread == 0.1
    assert robust_z(3600, log(3600), 0.5) == 0
    assert robust_z(36_000, log(3600), 0.5) == pytest.approx(log(10) / 0.5)
