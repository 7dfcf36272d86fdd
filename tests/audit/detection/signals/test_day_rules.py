"""Every rule of the trail: one day on which it fires, one near it on which it is silent, and when it cannot judge."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from audit.detection.calendar import Hours
from audit.detection.exports.usual import ExportDay, learn, usual_of
from audit.detection.homes import Home
from audit.detection.purposes import Screen, Standing
from audit.detection.registry import DAY_RULES
from audit.detection.signals.base import Day, Norms, Person
from audit.trail.entries import Subject
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event
from tests.audit.detection.conftest import tokyo
from tests.audit.detection.signals.days import MORNING, ON, after, day, event, household, opened

E = Event
LOGIN = event(E.SESSION_LOGIN_SUCCEEDED, MORNING, session="s1")
BY_ID = {rule.id: rule for rule in DAY_RULES}
USER = Subject("user", "7")
MEMBERS = [Subject("member", str(number)) for number in range(40)]


def failures(
    count: int, every: float, word: Event = E.SESSION_PASSWORD_FAILED, **detail: Any
) -> tuple[TrailEvent, ...]:
    return tuple(event(word, after(place * every), USER, **detail) for place in range(count))


def ended(hours: float, word: Event = E.SESSION_LOGOUT_DONE, reason: str = "logout") -> tuple[TrailEvent, ...]:
    return (event(word, after(hours * 60), USER, seconds=int(hours * 3600), session="s1", reason=reason),)


def session_end(reason: str, session: str = "s0") -> tuple[TrailEvent, ...]:
    """The end of an earlier session, a moment before LOGIN."""
    word = E.SESSION_LOGOUT_DONE if reason == "logout" else E.SESSION_OTHER_ENDED
    return (event(word, after(-0.001), USER, session=session, reason=reason),)


def reveals(count: int, every: float, case: str = "", duty: str = "", start: float = 0) -> tuple[TrailEvent, ...]:
    return tuple(
        event(E.NUMBER_INDIVIDUAL_REVEALED, after(start + place * every), MEMBERS[place], case=case, duty=duty)
        for place in range(count)
    )


def standing(*fitting: Subject, in_season: bool = True) -> dict[str, Standing]:
    """Of 突合が不一致の人の本人確認, which is done on pages of the link."""
    return {"V03": Standing("突合の確認", frozenset(fitting), in_season, frozenset({Screen(E.READ_LINKAGE_SHOWN)}))}


def searches(count: int, every: float, *subjects: Subject) -> tuple[TrailEvent, ...]:
    return tuple(event(E.READ_SEARCH_SHOWN, after(place * every), *subjects) for place in range(count))


def steps(count: int, every: float, found: int, *, is_step: bool = True) -> tuple[TrailEvent, ...]:
    """Searches that list so many each; `is_step`: only the last character was changed."""
    detail: Any = {"next_prefix": True} if is_step else {}
    return tuple(
        event(E.READ_SEARCH_SHOWN, after(place * every), *(household(100 * place + n) for n in range(found)), **detail)
        for place in range(count)
    )


def export(rows: int, minutes: float = 0, word: Event = E.EXPORT_TABLE_MADE, **detail: Any) -> TrailEvent:
    """Something taken out so many minutes after nine; each is another file."""
    return event(word, after(minutes), table=f"{rows} {minutes}", taken_out=rows, **detail)


TAKEN = Norms(
    exports=usual_of(
        learn(ExportDay("clerk", frozenset({"学校事務担当"}), 20 + n, 1 + n % 3) for n in range(101)), {"学校事務担当"}
    ),
    hours=Hours(),
)
"""A hundred and one days of 20 to 120 rows in up to three files; open from seven to nine in the evening."""
USUAL = Norms(daily_records=(10, 12, 15, 9, 14, 11, 13, 10, 12, 14), role_daily_records=(10, 20, 12))
AT_T1 = Norms(usual_terminals=frozenset({"T-1"}))
SHORT = Norms(log_seconds=(8.0, 0.5))
WALK = tuple(range(100, 125))
CHANGED = Person("clerk", factor_changed_at=after(-60))
AWAY = Person("clerk", last_login_before=MORNING - timedelta(days=61))
SEEN_LATELY = Person("clerk", last_login_before=MORNING - timedelta(days=60))

# rule: (a day that fires, a near one that is silent)
CASES: dict[str, tuple[Day, Day]] = {
    "long_session": (
        day(*opened(*range(60), every=10), about=ended(10.5)),
        day(*opened(*range(20), every=10), about=ended(3.9)),
    ),
    "unusual_duration": (day(about=ended(7), norms=SHORT), day(about=ended(1), norms=SHORT)),
    "concurrent_sessions": (
        day(event(E.READ_LIST_SHOWN, after(-5), terminal="T-2", within="s0"), LOGIN, about=session_end("replaced")),
        day(event(E.READ_LIST_SHOWN, after(-5), terminal="T-2", within="s0"), LOGIN, about=session_end("logout")),
    ),
    "session_jump": (
        day(about=ended(1, E.SESSION_OTHER_ENDED, "terminal")),
        day(about=ended(1, E.SESSION_OTHER_ENDED, "replaced")),
    ),
    "password_failures": (
        day(about=failures(5, 3)),
        day(event(E.SESSION_LOGIN_SUCCEEDED, after(13)), about=failures(5, 3)),
    ),
    "factor_elsewhere": (
        day(about=(event(E.SESSION_BACKUP_CODE_USED, MORNING, USER, terminal="T-9"),), person=SEEN_LATELY, norms=AT_T1),
        day(about=(event(E.SESSION_BACKUP_CODE_USED, MORNING, USER),), person=SEEN_LATELY, norms=AT_T1),
    ),
    "otp_failures": (
        day(about=failures(3, 4, E.SESSION_OTP_FAILED, reason="wrong")),
        day(about=failures(3, 4, E.SESSION_OTP_FAILED, reason="clock")),
    ),
    "otp_replay": (
        day(LOGIN, about=failures(1, 0, E.SESSION_OTP_FAILED, reason="replayed", terminal="T-9")),
        day(LOGIN, about=failures(1, 0, E.SESSION_OTP_FAILED, reason="replayed")),
    ),
    "dormant_account": (day(LOGIN, person=AWAY), day(LOGIN, person=SEEN_LATELY)),
    "disabled_account": (
        day(about=failures(1, 0), person=Person("clerk", day_after_last=ON)),
        day(about=failures(1, 0), person=Person("clerk", day_after_last=ON + timedelta(days=1))),
    ),
    "reveal_after_factor": (
        day(event(E.NUMBER_INDIVIDUAL_REFUSED, after(1)), person=CHANGED),
        day(*reveals(2, 1), person=Person("clerk", factor_changed_at=MORNING - timedelta(hours=24))),
    ),
    "volume": (day(*opened(*range(100)), norms=USUAL), day(*opened(*range(29)), norms=USUAL)),
    "reveal_rate": (day(*reveals(21, 0.4)), day(*reveals(21, 0.6))),
    "sequential_walk": (
        day(*opened(*WALK)),
        day(*opened(*WALK[:12]), event(E.HOUSEHOLD_RECORD_CHANGED, after(12), household(111)), *opened(*WALK[12:])),
    ),
    "unexplained": (
        day(*opened(1, 2, 3), unexplained=frozenset(household(n) for n in (1, 2, 3))),
        day(*opened(1, 2, 3), unexplained=frozenset({household(1), household(2)})),
    ),
    "related": (
        day(*opened(1), related={household(1): "職員と氏名の同じ保護者の世帯"}),
        day(*opened(2), related={household(1): "職員と氏名の同じ保護者の世帯"}),
    ),
    "watched": (
        day(*opened(1), watched=frozenset({household(1)}), unexplained=frozenset({household(1)})),
        day(*opened(1), watched=frozenset({household(1)}), unexplained=frozenset()),
    ),
    "strange_place": (
        day(
            event(E.NUMBER_INDIVIDUAL_REFUSED, reason="terminal"), event(E.NUMBER_INDIVIDUAL_REFUSED, reason="network")
        ),
        day(event(E.NUMBER_INDIVIDUAL_REFUSED, reason="duties"), event(E.NUMBER_INDIVIDUAL_REFUSED)),
    ),
    "other_school": (
        day(*(event(E.ACCESS_SCHOOL_REFUSED, after(n), Subject("school", "S02")) for n in range(3))),
        day(*(event(E.ACCESS_SCHOOL_REFUSED, after(n), Subject("school", "S02")) for n in range(2))),
    ),
    "search_probing": (day(*searches(5, 2)), day(*searches(5, 0.3), *searches(5, 2, household(1)))),
    "prefix_enumeration": (
        day(*steps(5, 2, 3)),
        day(*steps(9, 1, 1), *steps(9, 2, 3, is_step=False), *steps(5, 2.6, 3)),
    ),
    "first_export": (
        day(export(12), norms=Norms(has_exported=False)),
        day(export(12), norms=Norms(has_exported=True)),
    ),
    "export_size": (day(export(121), norms=TAKEN), day(export(120), norms=TAKEN)),
    "export_outside_hours": (day(export(1, 12 * 60), norms=TAKEN), day(export(1, 12 * 60 - 1), norms=TAKEN)),
    "same_reason": (day(*reveals(10, 3, "調査")), day(*reveals(9, 3, "調査"), *reveals(9, 3, "訂正"))),
    "purpose_mismatch": (
        day(*reveals(3, 3, "R07-1", "V03"), purposes=standing()),
        day(*reveals(3, 3, "R07-1", "V03"), purposes=standing(MEMBERS[1])),
    ),
    "brief_role": (
        day(
            event(E.READ_LIST_SHOWN, after(30)),
            about=(
                event(E.ACCOUNT_ROLE_ASSIGNED, after(0), USER, role="approver"),
                event(E.ACCOUNT_ROLE_ENDED, after(60), USER, role="approver"),
            ),
        ),
        day(
            about=(
                event(E.ACCOUNT_ROLE_ASSIGNED, after(0), USER, role="approver"),
                event(E.ACCOUNT_ROLE_ENDED, after(60), USER, role="approver"),
            )
        ),
    ),
    "other_prefecture": (day(event(E.ACCESS_PREFECTURE_REFUSED)), day(event(E.ACCESS_SCHOOL_REFUSED))),
    "rare_action": (
        day(event(E.EXPORT_TABLE_MADE), norms=Norms(usual_events=frozenset({E.READ_LIST_SHOWN.value}))),
        day(event(E.READ_LIST_SHOWN), norms=Norms(usual_events=frozenset({E.READ_LIST_SHOWN.value}))),
    ),
    "canary": (
        day(*opened(1), canaries=frozenset({household(1)})),
        day(event(E.READ_LIST_SHOWN, MORNING, household(1)), canaries=frozenset({household(1)})),
    ),
}


def ask(rule_id: str, about: Day, threshold: float | None = None) -> Any:
    rule = BY_ID[rule_id]
    return rule.evaluate(about, threshold if threshold is not None else rule.standard or 0.0)


def test_every_rule_has_its_two_days() -> None:
    assert CASES.keys() == BY_ID.keys()


@pytest.mark.parametrize("rule_id", BY_ID)
def test_it_fires_once_in_words_and_not_on_the_day_beside_it(rule_id: str) -> None:
    fires, silent = CASES[rule_id]
    answer = ask(rule_id, fires)
    assert len(answer) == 1
    assert not isinstance(answer, str)
    assert answer[0].sentence.endswith("。")
    assert len(answer[0].sentence) <= 400
    assert ask(rule_id, silent) == []


@pytest.mark.parametrize(
    ("rule_id", "about"),
    [
        ("unusual_duration", day(about=ended(7))),
        ("volume", day(*opened(*range(100)))),
        ("unexplained", day(*opened(1, 2, 3))),
        ("related", day(*opened(1))),
        ("first_export", day(export(12))),
        ("export_size", day(export(30), norms=Norms(exports=()))),
        ("export_outside_hours", day(export(12))),
        ("rare_action", day(event(E.EXPORT_TABLE_MADE))),
        ("purpose_mismatch", day(*reveals(3, 3, "R07-1", "V99"), purposes=standing())),
    ],
)
def test_what_cannot_be_judged_says_why(rule_id: str, about: Day) -> None:
    answer = ask(rule_id, about)
    assert isinstance(answer, str)
    assert "判定できません" in answer
    assert ask(rule_id, day()) in ([], answer)


@pytest.mark.parametrize("rule_id", sorted(rule.id for rule in DAY_RULES if rule.standard is not None))
def test_a_prefecture_may_raise_the_threshold(rule_id: str) -> None:
    fires, _ = CASES[rule_id]
    far = {
        "volume": 1e-300,
        "export_size": 1e-300,
        "concurrent_sessions": 1.0,
        "brief_role": 0.5,
        "reveal_after_factor": 0.5,
    }.get(rule_id, 1e6)
    assert ask(rule_id, fires, far) == []


def test_a_session_left_open_is_told_from_a_busy_one() -> None:
    (found,) = ask("long_session", day(*opened(1, 2), about=ended(5)))
    assert found.sentence == "5.0時間の利用で操作が2件だけだった。画面を開いたまま席を離れたおそれ。"
    assert ask("long_session", day(*opened(*range(30), every=10), about=ended(5))) == []


def visited(*families: int, **of: Any) -> Day:
    """Of each family the household, a 調書, and a pupil with an expense. `of`: a field of the day and what all the records are there."""
    found: dict[Subject, Home] = {}
    for number in families:
        places = [household(number), *(Subject(kind, str(10 * number)) for kind in ("statement", "pupil", "expense"))]
        found |= dict.fromkeys(places, Home(household(number), f"{number:05}"))
    words = {"household": E.READ_HOUSEHOLD_SHOWN, "statement": E.READ_STATEMENT_SHOWN}
    events = (event(words.get(s.kind, E.READ_PUPIL_SHOWN), after(n), s) for n, s in enumerate(found))
    return day(*events, homes=found, **{name: make(found) for name, make in of.items()})


def test_one_family_is_one_however_many_of_its_records_are_opened() -> None:
    """Nobody looks at three families, or at thirty, by opening four records each of two, or of eight."""
    assert ask("unexplained", visited(1, 2, unexplained=frozenset)) == []
    (found,) = ask("unexplained", visited(1, 2, 3, unexplained=frozenset))
    assert found.sentence == "業務上の理由が記録から見つからない閲覧が1日に3世帯分あった。"
    assert ask("volume", replace(visited(*range(8)), norms=USUAL)) == []
    (found,) = ask("volume", replace(visited(*range(60)), norms=USUAL))
    assert found.sentence.startswith("1日に60世帯分の記録を開いた。")


def walked(*numbers: int, between: tuple[TrailEvent, ...] = (), kinds: tuple[str, ...] = ("household",)) -> Day:
    """Households with these numbers, whose keys say nothing of their order; of each the records of these kinds. `between`: after the
    twelfth."""
    found, events = {}, []
    for place, number in enumerate(numbers):
        key = number * 7919 % 1009
        for kind in kinds:
            subject = Subject(kind, str(key if kind == "household" else 5000 + key))
            found[subject] = Home(household(key), f"{number:05}")
            events.append(event(E.READ_HOUSEHOLD_SHOWN, after(place), subject))
        events += between if place == 11 else ()
    return day(*events, homes=found)


@pytest.mark.parametrize(
    "about",
    [
        walked(*WALK),
        walked(*reversed(WALK)),
        walked(*range(100, 225, 5)),
        walked(*WALK, kinds=("household", "statement")),
        walked(*WALK, between=(event(E.PRINT_STATEMENT_MADE, after(11.5), household(111 * 7919 % 1009), taken_out=1),)),
        walked(*WALK, between=(event(E.EXPENSE_RECORD_ENTERED, after(11.5), Subject("expense", "1")),)),
    ],
    ids=["up", "down", "every fifth", "with each 調書", "a print between", "work on another"],
)
def test_a_walk_is_seen_however_it_goes(about: Day) -> None:
    """In the order of the lists, which is that of 世帯番号: keys, gaps, direction and what changes nothing do not hide it."""
    (found,) = ask("sequential_walk", about)
    assert "25世帯の記録を、何も直さずに番号の" in found.sentence


def test_work_on_the_way_and_another_order_are_no_walk() -> None:
    worked = event(E.STATEMENT_RECORD_SAVED, after(11.5), household(105 * 7919 % 1009))
    assert ask("sequential_walk", walked(*WALK, between=(worked,))) == []
    assert ask("sequential_walk", walked(*(100 + place * 11 % 40 for place in range(40)))) == []


@pytest.mark.parametrize(
    ("rule_id", "of"),
    [
        ("watched", {"watched": frozenset}),
        ("related", {"related": lambda records: dict.fromkeys(records, "本人と氏名の同じ人の世帯")}),
        ("canary", {"canaries": frozenset}),
    ],
)
def test_a_special_family_is_one_alert_and_none_beside_it(rule_id: str, of: dict[str, Any]) -> None:
    """The household, its 調書, the child and an expense, on one day: told once, and as unexplained not once more."""
    about = visited(5, unexplained=frozenset, **of)
    (found,) = ask(rule_id, about)
    assert found.mark == "household:5"
    assert found.at == MORNING
    assert ask("unexplained", about) == []


def test_watched_records_are_told_while_reasons_are_unknown() -> None:
    assert len(ask("watched", day(*opened(1), watched=frozenset({household(1)})))) == 1


def test_a_leavers_log_in_is_told_as_one() -> None:
    (found,) = ask("disabled_account", day(LOGIN, person=Person("clerk", day_after_last=ON)))
    assert "ログインがあった" in found.sentence
    assert found.at == tokyo("2026-11-20T09:00")


def test_a_session_that_runs_out_after_the_last_day_is_no_try() -> None:
    assert ask("disabled_account", day(about=ended(5), person=Person("clerk", day_after_last=ON))) == []


@pytest.mark.parametrize(
    ("done", "about", "fires"),
    [
        (event(E.READ_LIST_SHOWN, after(-5), terminal="T-2", within="s0"), (), True),
        (event(E.READ_LIST_SHOWN, after(-5), terminal="T-2", within="s0"), session_end("logout", "another"), True),
        (event(E.READ_LIST_SHOWN, after(-5), terminal="T-2", within="s0"), session_end("role"), False),
        (event(E.READ_LIST_SHOWN, after(-5), terminal="T-2", within="s0"), session_end("terminal"), False),
        (event(E.SESSION_OTP_ENROLLED, after(-5), terminal="T-2", within=""), (), False),
        (event(E.READ_LIST_SHOWN, after(-5), terminal="T-1", within="s0"), session_end("replaced"), False),
    ],
)
def test_two_terminals_are_told_while_the_first_is_at_work(
    done: TrailEvent, about: tuple[TrailEvent, ...], fires: bool
) -> None:
    """Enrolment on the manager's desk, a role changed in between, the same terminal again: none of it is use at two places."""
    assert bool(ask("concurrent_sessions", day(done, LOGIN, about=about))) is fires


def test_a_page_about_several_people_opens_nobodys_record() -> None:
    """経費の一覧, a round with untransferable households, a work sheet; a household with its members is one record, however."""
    pupils = [Subject("pupil", str(n)) for n in range(40)]
    members = [Subject("member", str(n)) for n in range(4)]
    lists = day(
        event(E.READ_EXPENSE_SHOWN, MORNING, *pupils),
        event(E.READ_SHEET_SHOWN, MORNING, *members),
        event(E.READ_ROUND_SHOWN, MORNING, Subject("round", "1"), household(9)),
    )
    assert list(lists.shown()) == []
    home = day(event(E.READ_HOUSEHOLD_SHOWN, MORNING, household(1), *members))
    assert [subject for _, subject in home.shown()] == [household(1), *members]
