"""Days begin at midnight; what takes minutes does not end there. What was complete the day before was told then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from audit.detection.registry import DAY_RULES
from audit.detection.signals.base import Day, Person
from audit.trail.entries import Subject
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event
from tests.audit.detection.conftest import tokyo
from tests.audit.detection.signals.days import ON, day, event, household

E = Event
MIDNIGHT = tokyo("2026-11-20T00:00")
BY_ID = {rule.id: rule for rule in DAY_RULES}


def at(minutes: float) -> datetime:
    """So many minutes after midnight; before it when negative."""
    return MIDNIGHT + timedelta(minutes=minutes)


def each(count: int, first: float, every: float, word: Event, **detail: Any) -> tuple[TrailEvent, ...]:
    return tuple(event(word, at(first + place * every), **detail) for place in range(count))


def walk(first: float, *numbers: int) -> tuple[TrailEvent, ...]:
    return tuple(event(E.READ_HOUSEHOLD_SHOWN, at(first + place / 2), household(n)) for place, n in enumerate(numbers))


def cut(*events: TrailEvent, about: tuple[TrailEvent, ...] = (), **more: Any) -> Day:
    """The day after midnight, with what came before it."""
    return day(
        *(one for one in events if one.occurred_at >= MIDNIGHT),
        about=tuple(one for one in about if one.occurred_at >= MIDNIGHT),
        before=tuple(one for one in events if one.occurred_at < MIDNIGHT),
        about_before=tuple(one for one in about if one.occurred_at < MIDNIGHT),
        **more,
    )


def role(given: float, ended: float) -> tuple[TrailEvent, ...]:
    return (
        event(E.ACCOUNT_ROLE_ASSIGNED, at(given), Subject("user", "7"), role="approver"),
        event(E.ACCOUNT_ROLE_ENDED, at(ended), Subject("user", "7"), role="approver"),
    )


WRONG, LOGIN = E.SESSION_PASSWORD_FAILED, event(E.SESSION_LOGIN_SUCCEEDED, at(3), session="s1")
NUMBER = E.NUMBER_INDIVIDUAL_REVEALED
OTHER = event(E.READ_LIST_SHOWN, at(-4), terminal="T-2", within="s0")

# rule: (across midnight, told the day before or nothing)
CASES: dict[str, tuple[Day, Day]] = {
    "password_failures": (cut(about=each(8, -4, 1, WRONG)), cut(about=each(5, -6, 1, WRONG) + each(4, 1, 1, WRONG))),
    "otp_failures": (
        cut(about=each(4, -2, 1, E.SESSION_OTP_FAILED, reason="wrong")),
        cut(
            about=each(3, -3, 0.5, E.SESSION_OTP_FAILED, reason="wrong")
            + each(2, 1, 1, E.SESSION_OTP_FAILED, reason="wrong")
        ),
    ),
    "reveal_rate": (cut(*each(30, -4, 0.25, NUMBER)), cut(*each(21, -6, 0.25, NUMBER), *each(15, 0, 0.25, NUMBER))),
    "search_probing": (
        cut(*each(6, -3, 1, E.READ_SEARCH_SHOWN)),
        cut(*each(5, -5, 0.9, E.READ_SEARCH_SHOWN), *each(4, 1, 1, E.READ_SEARCH_SHOWN)),
    ),
    "sequential_walk": (cut(*walk(-6, *range(30))), cut(*walk(-15, *range(26)), *walk(1, *range(26, 40)))),
    "brief_role": (
        cut(event(E.READ_LIST_SHOWN, at(-10)), about=role(-30, 10)),
        cut(event(E.READ_LIST_SHOWN, at(-10)), about=role(-24 * 60, 10)),
    ),
    "concurrent_sessions": (
        cut(OTHER, LOGIN),
        cut(OTHER, LOGIN, about=(event(E.SESSION_LOGOUT_DONE, at(-1), session="s0", reason="logout"),)),
    ),
}


@pytest.mark.parametrize("rule_id", CASES)
def test_what_goes_on_over_midnight_is_told_once(rule_id: str) -> None:
    rule = BY_ID[rule_id]
    across, told = CASES[rule_id]
    assert len(rule.evaluate(across, rule.standard or 0)) == 1
    assert rule.evaluate(told, rule.standard or 0) == []


def test_a_log_in_just_before_midnight_closes_the_count_of_wrong_passwords() -> None:
    entered = event(E.SESSION_LOGIN_SUCCEEDED, at(-1))
    assert BY_ID["password_failures"].evaluate(cut(entered, about=each(7, -4, 1, WRONG)), 5) == []


def test_a_session_over_midnight_was_not_left_open() -> None:
    """Five hours, at work until the last."""
    ended = (event(E.SESSION_LOGOUT_DONE, at(10), seconds=5 * 3600, session="s1", reason="logout"),)
    busy = each(29, -285, 10, E.READ_LIST_SHOWN)
    assert BY_ID["long_session"].evaluate(cut(*busy, about=ended), 10) == []


def test_a_double_press_at_midnight_is_no_replay() -> None:
    login = event(E.SESSION_LOGIN_SUCCEEDED, at(-0.01))
    again = event(E.SESSION_OTP_FAILED, at(0.01), reason="replayed")
    assert BY_ID["otp_replay"].evaluate(cut(login, about=(again,)), 0) == []


def test_one_changed_authenticator_is_one_alert_on_both_days() -> None:
    changed = Person("clerk", factor_changed_at=at(-60))
    asked = each(3, -1, 1, E.NUMBER_INDIVIDUAL_REFUSED)
    assert BY_ID["reveal_after_factor"].evaluate(cut(*asked, person=changed), 24) == []
    assert len(BY_ID["reveal_after_factor"].evaluate(cut(*asked[1:], person=changed), 24)) == 1


def test_what_is_gathered_goes_back_as_far_as_the_rules_ask(hours: Any) -> None:
    """An hour for runs; a role's day and a session's length where one ended on the day."""
    from accounts.actors import subject
    from accounts.roles import Role
    from audit.detection.gathering import day_of
    from audit.trail.recorder import record_access
    from tests.platform.accounts.sign_in import make_person
    from tests.support.records import acting

    clerk = make_person("night-clerk", (Role.SCHOOL_CLERK, "S01"))

    def told(word: Event, minutes: float, **detail: Any) -> None:
        with pytest.MonkeyPatch.context() as patch, acting(clerk):
            patch.setattr("django.utils.timezone.now", lambda: at(minutes))
            record_access(word, subjects=[subject(clerk)], detail=detail, allowed_by="view_household")

    for minutes in (-23 * 60, -5 * 60, -59, -1, 1):
        told(E.READ_LIST_SHOWN, minutes)
    plain = day_of(clerk, ON)
    assert [one.occurred_at for one in plain.lately] == [at(-59), at(-1), at(1)]
    assert (plain.before, len(plain.events)) == (plain.lately[:2], 1)
    told(E.SESSION_LOGOUT_DONE, 2, seconds=6 * 3600)
    assert at(-5 * 60) in {one.occurred_at for one in day_of(clerk, ON).before}
    told(E.ACCOUNT_ROLE_ASSIGNED, -23.5 * 60, role="approver")
    told(E.ACCOUNT_ROLE_ENDED, 3, role="approver")
    last = day_of(clerk, ON)
    assert at(-23 * 60) in {one.occurred_at for one in last.before}
    assert [one.event for one in last.about_before] == [E.ACCOUNT_ROLE_ASSIGNED]
    assert len(BY_ID["brief_role"].evaluate(last, 24)) == 1
