"""Rules about the office as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audit.detection.signals.access.counting import negative_binomial_tail, norm_of
from audit.detection.signals.office import GAP, NO_NETWORK, SPRAY, VENDOR, Office, OfficeRule
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event
from tests.audit.detection.signals.days import MORNING, after, event


def failure(account: str, minutes: float, terminal: str = "T-1", network: str = "10.1.2.0/24") -> TrailEvent:
    tried = event(Event.SESSION_PASSWORD_FAILED, after(minutes), terminal=terminal, network=network)
    return replace(tried, actor_id=account)


def ask(rule: OfficeRule, about: Office, threshold: float) -> Any:
    return rule.evaluate(about, threshold)


def office(*failures: TrailEvent) -> Office:
    """At which people of the office log in every day."""
    return Office(MORNING, failures, None, used_terminals=frozenset(event.terminal for event in failures))


def test_five_accounts_from_one_terminal_are_a_spray() -> None:
    tries = [failure(str(n), n) for n in range(5)]
    (found,) = ask(SPRAY, office(*tries), 5)
    assert found.sentence == "端末T-1で10分間に5人のパスワードの誤りがあった。片端から試しているおそれ。"


@pytest.mark.parametrize(
    "tries",
    [
        [failure("1", n) for n in range(9)],  # one person, mistyping
        [failure(str(n), n, f"T-{n}") for n in range(9)],  # a whole office behind one address
        [failure(str(n), n * 4) for n in range(5)],  # a slow morning
    ],
)
def test_other_failures_are_not(tries: list[TrailEvent]) -> None:
    assert SPRAY.evaluate(office(*tries), 5) == []


def test_unknown_accounts_count_each() -> None:
    assert len(SPRAY.evaluate(office(*(failure("", n) for n in range(5))), 5)) == 1


def fresh(count: int, every: float = 1, **where: str) -> tuple[TrailEvent, ...]:
    """A browser that forgets its cookie after each try."""
    return tuple(failure(str(n), n * every, f"T-{n}", **where) for n in range(count))


def test_five_accounts_from_terminals_that_nobody_ever_used_are_a_spray_too() -> None:
    (found,) = ask(SPRAY, Office(MORNING, fresh(5), None), 5)
    assert found.sentence == (
        "接続元10.1.2.0/24の、誰もログインしたことのない端末から10分間に5人のパスワードの誤りがあった。片端から試しているおそれ。"
    )
    two_of_three = frozenset({"T-0", "T-1"})
    assert SPRAY.evaluate(Office(MORNING, fresh(6), None, used_terminals=two_of_three), 5) == []
    apart = (*fresh(4), *fresh(4, network="10.9.9.0/24"))
    assert SPRAY.evaluate(Office(MORNING, apart, None), 5) == []
    assert SPRAY.evaluate(Office(MORNING, fresh(9, every=3), None), 5) == []


def test_a_terminal_that_is_told_is_not_told_again_as_its_network() -> None:
    tries = [failure(str(n), n) for n in range(5)]
    assert len(ask(SPRAY, Office(MORNING, (*tries, *fresh(4)), None), 5)) == 1


def test_without_its_network_a_fresh_terminal_cannot_be_judged() -> None:
    assert ask(SPRAY, Office(MORNING, fresh(5, network=""), None), 5) == NO_NETWORK
    assert SPRAY.evaluate(Office(MORNING, fresh(4, network=""), None), 5) == []


def test_the_vendor_without_a_window_is_told() -> None:
    tried = event(Event.VENDOR_ENTRY_REFUSED, after(1))
    (found,) = ask(VENDOR, Office(after(2), (), None, (tried,)), 1)
    assert found.sentence == VENDOR.example
    visit = event(Event.VENDOR_VISIT_BEGUN, after(1))
    assert ask(VENDOR, Office(after(2), (), None, (visit,)), 1) == []


def test_events_that_wait_too_long_are_a_gap() -> None:
    late = Office(after(6), (), MORNING)
    (found,) = ask(GAP, late, 5)
    assert found.sentence.startswith("操作の記録が6分前から")
    assert GAP.evaluate(Office(after(5), (), MORNING), 5) == []
    assert GAP.evaluate(Office(after(5), (), None), 5) == []


def test_the_tail_of_the_negative_binomial() -> None:
    """With k = 1 it is geometric: P(X ≥ n) = (m / (m + 1))^n."""
    assert negative_binomial_tail(10, 4.0, 1.0) == pytest.approx(0.8**10, rel=1e-4)
    assert negative_binomial_tail(0, 4.0, 1.0) == pytest.approx(1, rel=1e-4)
    assert negative_binomial_tail(10_000, 1.0, 1e6) == pytest.approx(0)


def test_a_persons_mean_leans_on_the_role() -> None:
    mean, size = norm_of([0] * 10, [20] * 30)
    assert mean == pytest.approx(10)
    assert 0 < size < 10
    assert norm_of([], [])[0] == 1.0
