"""The ratio of Freeman and others (NDSS 2016): how much likelier this machine is for anybody than for this person.

S = Π p(x) / p(x | person) · p(person | attack) / p(person), over terminal, network, browser and system; here its logarithm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log

from audit.detection.logins.features import TITLES, Features

UNSEEN_MASS = 1
"""How many further values are expected (U)."""

NEW_TO_PERSON = log(4)
"""The ratio of a value the person never showed but others did (the published code's p_local = p_global / 4)."""

NEW_TO_ALL = 2 * NEW_TO_PERSON
"""Of a value nobody ever showed."""


@dataclass(slots=True)
class Profile:
    """How often each value of each feature was seen, in `logins` log-ins."""

    logins: int = 0
    values: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in TITLES})

    def add(self, features: Features, times: int = 1) -> None:
        self.logins += times
        for name, value in features.items():
            self.values[name][value] += times

    def share(self, name: str, value: str) -> float:
        """Smoothed: seen c/n · (1 − U/(n + U)), unseen 1/(n + U)."""
        count, total = self.values[name][value], self.logins
        if count:
            return count / total * (1 - UNSEEN_MASS / (total + UNSEEN_MASS))
        return 1 / (total + UNSEEN_MASS)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """`total`: the logarithm of the ratio. `terms`: what each feature adds, largest first."""

    total: float
    terms: tuple[tuple[str, float], ...]


def suspicion(
    features: Features,
    own: Profile,
    everybody: Profile,
    persons: int,
    accepted: frozenset[tuple[str, str]] = frozenset(),
) -> Suspicion:
    """Of a log-in of a person with this past. `accepted`: (feature, value) now being rolled out: they add nothing."""
    terms = {
        name: 0.0 if (name, value) in accepted else _ratio(name, value, own, everybody)
        for name, value in features.items()
    }
    rarity = log((everybody.logins + 1) / ((own.logins + 1) * max(persons, 1)))
    ordered = tuple(sorted(terms.items(), key=lambda term: (-term[1], term[0])))
    return Suspicion(sum(terms.values()) + rarity, ordered)


def _ratio(name: str, value: str, own: Profile, everybody: Profile) -> float:
    if own.values[name][value]:
        return log(everybody.share(name, value) / own.share(name, value))
    return NEW_TO_PERSON if everybody.values[name][value] else NEW_TO_ALL


def profiles(logins: Iterable[tuple[str, Features]]) -> tuple[dict[str, Profile], Profile]:
    """Of every person, and of everybody."""
    own: dict[str, Profile] = {}
    everybody = Profile()
    for person, features in logins:
        own.setdefault(person, Profile()).add(features)
        everybody.add(features)
    return own, everybody


def left_out(person: str, features: Features, own: Mapping[str, Profile], everybody: Profile, persons: int) -> float:
    """The suspicion of a log-in of the past as if it had not been there."""
    profile = own[person]
    profile.add(features, -1)
    everybody.add(features, -1)
    try:
        return suspicion(features, profile, everybody, persons).total
    finally:
        profile.add(features)
        everybody.add(features)
