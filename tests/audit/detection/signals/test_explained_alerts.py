"""What is honest work's own is reported and no alert, and what a thief or a browsing colleague does beside it still is one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit.detection.logins.freeman import Profile
from audit.detection.logins.learning import shared_terminals
from audit.detection.registry import DAY_RULES
from audit.detection.signals.access.counting import season_of
from audit.detection.signals.base import Day, Found, Norms, Person
from audit.trail.entries import Subject
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event
from tests.audit.detection.signals.days import MORNING, after, day, event, household, opened

USER = Subject("user", "7")
KNOWN = Norms(usual_terminals=frozenset({"T-1"}), shared_terminals=frozenset({"T-R"}))
CLERK = Person("clerk", last_login_before=MORNING - timedelta(days=1))


def ask(rule: str, about: Day) -> list[tuple[str, bool]]:
    """Mark and whether it is only reported."""
    (found,) = (one for one in DAY_RULES if one.id == rule)
    answer = found.evaluate(about, found.standard or 0.0)
    assert not isinstance(answer, str)
    return [(one.mark, one.is_report) for one in answer]


def outcomes(rule: str, about: Day) -> list[bool]:
    return [is_report for _, is_report in ask(rule, about)]


@pytest.mark.parametrize(
    ("rule", "word", "least", "more"),
    [("password_failures", Event.SESSION_PASSWORD_FAILED, 5, 5), ("otp_failures", Event.SESSION_OTP_FAILED, 3, 2)],
)
def test_slips_at_the_own_machine_are_reported_until_they_are_many(
    rule: str, word: Event, least: int, more: int
) -> None:
    def slips(count: int, terminal: str = "T-1") -> tuple[TrailEvent, ...]:
        return tuple(event(word, after(place), USER, terminal=terminal, reason="wrong") for place in range(count))

    assert outcomes(rule, day(about=slips(least), norms=KNOWN)) == [True]
    assert outcomes(rule, day(about=slips(least + more), norms=KNOWN)) == [False]
    assert outcomes(rule, day(about=slips(least, "T-R"), norms=KNOWN)) == [False], "a shared machine is nobody's own"
    assert outcomes(rule, day(about=slips(least))) == [False], "nothing learnt explains nothing"
    few, many = (ask(rule, day(about=slips(count), norms=KNOWN)) for count in (least, least + more))
    strange = day(
        about=(*slips(least - 1), event(word, after(least), USER, terminal="T-9", reason="wrong")), norms=KNOWN
    )
    assert outcomes(rule, strange) == [False]
    assert few[0][0] != many[0][0], "what was reported must not keep the alert away"


def login(minutes: float, terminal: str, method: str = "totp") -> TrailEvent:
    return event(
        Event.SESSION_LOGIN_SUCCEEDED, after(minutes), terminal=terminal, within="", method=method, session=terminal
    )


def test_who_walks_over_is_reported_and_two_who_push_one_another_out_are_not() -> None:
    at_desk = event(Event.READ_LIST_SHOWN, after(-5), terminal="T-1", within="s0")
    assert outcomes("concurrent_sessions", day(at_desk, login(0, "T-R"), norms=KNOWN)) == [True]
    assert outcomes("concurrent_sessions", day(at_desk, login(0, "T-9"), norms=KNOWN)) == [False]
    at_counter = event(Event.READ_LIST_SHOWN, after(1), terminal="T-R", within="s1")
    back = day(at_desk, login(0, "T-R"), at_counter, login(6, "T-1"), norms=KNOWN)
    assert outcomes("concurrent_sessions", back) == [True, False], "there and back again within minutes"


def test_a_backup_code_is_an_alert_elsewhere_and_beside_the_own_authenticator() -> None:
    def used(
        terminal: str, *logins: TrailEvent, person: Person = CLERK, norms: Norms = KNOWN
    ) -> list[tuple[str, bool]]:
        about = (event(Event.SESSION_BACKUP_CODE_USED, after(-1), USER, terminal=terminal),)
        return ask("factor_elsewhere", day(*logins, about=about, person=person, norms=norms))

    assert used("T-1", login(0, "T-1", "backup")) == []
    assert used("T-9", login(0, "T-9", "backup")) == [("place:T-9", False)]
    assert used("T-1", login(0, "T-1", "backup"), login(200, "T-1")) == [("both", False)]
    anew = Person("clerk", last_login_before=CLERK.last_login_before, factor_changed_at=after(100))
    assert used("T-1", login(0, "T-1", "backup"), login(200, "T-1"), person=anew) == []
    assert used("T-1", norms=Norms()) == [("place:T-1", False)], "nothing learnt explains nothing"


def test_an_authenticator_is_an_alert_where_the_person_does_not_work_unless_it_is_the_first() -> None:
    def enrolled(terminal: str, person: Person = CLERK) -> list[bool]:
        about = (event(Event.SESSION_OTP_ENROLLED, MORNING, USER, terminal=terminal),)
        return outcomes("factor_elsewhere", day(about=about, person=person, norms=KNOWN))

    assert (enrolled("T-1"), enrolled("T-9"), enrolled("T-9", Person("newcomer"))) == ([], [False], [])


def test_a_code_sent_again_by_the_same_browser_is_no_replay() -> None:
    def replay(seconds: float, terminal: str = "T-1") -> list[bool]:
        again = event(Event.SESSION_OTP_FAILED, after(seconds=seconds), USER, terminal=terminal, reason="replayed")
        return outcomes("otp_replay", day(login(0, "T-1"), about=(again,)))

    assert (replay(1), replay(29), replay(31), replay(1, "T-2")) == ([], [], [False], [False])


def test_a_week_of_a_few_a_day_is_told_once() -> None:
    def week(*before: int, today: int = 2) -> list[tuple[str, bool]]:
        seen = range(today)
        norms = Norms(unexplained_lately=before)
        return ask("unexplained", day(*opened(*seen), unexplained=frozenset(map(household, seen)), norms=norms))

    assert week(0, 0, 0, 0, 0, 1, 2) == []
    assert week(0, 0, 0, 0, 0, 2, 2) == [("week", False)]
    assert week(0, 0, 0, 0, 2, 2, 2) == [], "told the day before"
    assert week(4, 0, 0, 0, 0, 0, 2) == [], "seven days, today among them"
    assert week(0, 0, 0, 0, 0, 2, 2, today=0) == []
    assert week(0, 0, 0, 0, 0, 2, 2, today=3) == [("day", False)]


def test_whoever_opens_many_is_rung_up_more_often() -> None:
    def of(many: int, unexplained: int) -> list[bool]:
        return outcomes(
            "unexplained", day(*opened(*range(many)), unexplained=frozenset(map(household, range(unexplained))))
        )

    assert (of(30, 3), of(31, 3), of(40, 4), of(41, 4)) == ([False], [], [False], [])


def test_a_busy_season_is_everybodys() -> None:
    def found(lately: tuple[int, ...]) -> list[bool]:
        norms = Norms(daily_records=(10,) * 20, role_daily_records=(9, 11) * 20, role_lately=lately)
        return outcomes("volume", day(*opened(*range(35)), norms=norms))

    assert (found(()), found((10,) * 10), found((30,) * 10)) == ([False], [False], [])
    assert season_of((10,) * 40, (5,) * 10) == 1.0, "a quiet week makes nobody suspicious"
    assert season_of((10,) * 40, (99,) * 10) == 3.0
    assert season_of((10,) * 40, (99,) * 4) == 1.0, "too few days"


def test_a_terminal_is_shared_when_three_people_log_in_there() -> None:
    def person(*terminals: str) -> Profile:
        profile = Profile()
        for terminal in terminals:
            profile.add({"terminal": terminal})
        return profile

    people = [person("T-1", "T-R", "T-X"), person("T-2", "T-R", "T-X"), person("T-3", "T-R")]
    assert shared_terminals(people) == ["T-R"]


def test_what_is_reported_raises_no_alert_and_does_not_keep_a_later_one_away(in_a: None) -> None:
    from audit.detection.models import SignalSeen
    from audit.detection.sweeping import _tell
    from audit.review.models import Alert

    (rule,) = (one for one in DAY_RULES if one.id == "unexplained")
    quiet, loud = (Found(mark, after(1), "文", is_report=mark == "special") for mark in ("special", "day"))
    assert _tell(rule, "clerk", "clerk:2026-11-20", [quiet]) == 1
    assert not Alert.objects.exists()
    assert _tell(rule, "clerk", "clerk:2026-11-20", [quiet, loud]) == 1
    assert Alert.objects.get().rule == "unexplained"
    assert sorted(SignalSeen.objects.values_list("outcome", flat=True)) == ["alert", "report"]
