"""The week of one person beside those of colleagues."""

from __future__ import annotations

from typing import Any

from audit.detection.signals.week import PEERS, TOO_FEW, Week
from audit.trail.vocabulary import Event
from tests.audit.detection.signals.days import MORNING

SEEN, SEARCHED = Event.READ_HOUSEHOLD_SHOWN.value, Event.READ_SEARCH_SHOWN.value


def week(own: dict[str, int], colleagues: int = 9) -> Week:
    others = {f"p{n}": {SEEN: 30 + n, SEARCHED: 5 + n % 3} for n in range(colleagues)}
    return Week("me", MORNING, {"me": own, **others})


def ask(about: Week, threshold: float = 4) -> Any:
    return PEERS.evaluate(about, threshold)


def test_a_week_unlike_the_others_is_told_with_what_is_different() -> None:
    (found,) = ask(week({SEEN: 900, SEARCHED: 400}))
    assert found.mark == "2026-W47"
    assert "「検索」（400回、ほかの人はふだん6回）" in found.sentence


def test_a_week_like_the_others_is_silent() -> None:
    assert ask(week({SEEN: 45, SEARCHED: 4})) == []
    assert ask(week({SEEN: 900, SEARCHED: 400}), 1000) == []


def test_few_colleagues_cannot_be_compared_with() -> None:
    assert ask(week({SEEN: 900}, colleagues=7)) == TOO_FEW


def test_the_night_asks_about_everybodys_week(in_a: Any) -> None:
    from django.utils import timezone

    from accounts.roles import Role
    from audit.detection.models import SignalSeen
    from audit.detection.sweeping import ask_weeks
    from audit.trail.entries import Entry
    from audit.trail.recorder import record_access_many
    from tests.platform.accounts.sign_in import make_person
    from tests.support.records import acting

    for number in range(10):
        person = make_person(f"week-{number}", (Role.PRINCIPAL, "S01"))
        with acting(person):
            record_access_many([Entry(Event.READ_SEARCH_SHOWN)] * (400 if number == 0 else 3))
    ask_weeks(timezone.now())
    told = SignalSeen.objects.filter(rule="peer_outlier", username__startswith="week-")
    assert list(told.values_list("username", "outcome")) == [("week-0", "report")]
