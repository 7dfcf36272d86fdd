"""The decision about one log-in, in the log-in itself: one read of two rows, a few additions, three terms in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log

import numpy as np

from audit.detection.hours.absence import ABSENCE_DAYS
from audit.detection.hours.conformal import p_values
from audit.detection.hours.days import cells
from audit.detection.hours.model import PersonHours
from audit.detection.hours.words import verdict
from audit.detection.logins.combination import Combined, Term, combined
from audit.detection.logins.features import TITLES, Features
from audit.detection.logins.freeman import Profile, Suspicion, suspicion
from audit.detection.logins.packing import PACKED_HOURS, unpack_calibrations, unpack_counts, unpack_hours
from audit.detection.models import Habits


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a person (None: never seen) and of the organisation."""

    person: Habits | None
    organisation: Habits

    @property
    def logins_a_month(self) -> int:
        """Of the whole organisation, in the last 30 days before it was learnt."""
        return int(self.organisation.profile["logins_a_month"])


def known(username: str) -> Known | None:
    """None before anything was learnt. One query."""
    rows = {row.username: row for row in Habits.objects.filter(username__in=(username, Habits.ORGANISATION))}
    organisation = rows.get(Habits.ORGANISATION)
    if organisation is None or not organisation.sessions:
        return None
    return Known(rows.get(username), organisation)


def decide(habits: Known, at: datetime, features: Features) -> Combined | None:
    """How unusual hour and machine are together; None when nothing can be compared."""
    terminal, together = unpack_calibrations(bytes(habits.organisation.calibration))
    terms = [_hour(habits, at), _machine(habits, features, terminal)]
    return combined(terms, together)


def hour_p_value(habits: Known, at: datetime) -> float:
    """Of the hour alone."""
    return _hour(habits, at).p_value


def _hour(habits: Known, at: datetime) -> Term:
    cell = int(cells(np.array([int(at.timestamp())], dtype=np.int64))[0])
    judged = verdict(_hours(habits), cell, _is_relearning(habits.person, at))
    return Term("時間帯", judged.p_value, "".join(judged.reasons), -log(judged.p_value))


def _hours(habits: Known) -> PersonHours:
    whole = bytes(habits.organisation.hours)
    everybody = unpack_counts(whole[PACKED_HOURS:])
    profile = habits.organisation.profile
    bases = profile["own_basis"], profile["shared_basis"]
    if habits.person is None:
        return unpack_hours(whole[:PACKED_HOURS], 0, everybody, *bases)
    return unpack_hours(bytes(habits.person.hours), habits.person.sessions, everybody, *bases)


def _is_relearning(person: Habits | None, at: datetime) -> bool:
    if person is None or person.last_login_at is None:
        return False
    return person.is_relearning or at - person.last_login_at > timedelta(days=ABSENCE_DAYS)


def _machine(habits: Known, features: Features, calibration: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Term:
    whole = habits.organisation.profile
    own = Profile() if habits.person is None else _profile(habits.person.profile["own"])
    section = "" if habits.person is None else habits.person.profile["section"]
    accepted = frozenset((name, value) for name, value in whole["rollouts"].get(section, ()))
    found = suspicion(features, own, _profile(whole["everybody"]), whole["persons"], accepted)
    p_value = float(p_values(calibration, np.array([found.total]))[0])
    return Term("端末", p_value, _words(found, features, own, p_value), found.total)


def _words(found: Suspicion, features: Features, own: Profile, p_value: float) -> str:
    new = [TITLES[name] for name, _ in found.terms if not own.values[name][features[name]]]
    what = (
        f"本人の過去{own.logins}回にない{'・'.join(new)}。"
        if new
        else f"本人の過去{own.logins}回と同じ端末・接続元・ブラウザ。"
    )
    return f"{what}過去の利用でこれ以上に珍しいものの割合は{p_value:.2%}。"


def _profile(stored: dict[str, dict[str, dict[str, int]]]) -> Profile:
    profile = Profile(int(stored["logins"]))  # type: ignore[call-overload]
    for name, counts in stored["values"].items():
        profile.values[name].update(counts)
    return profile
