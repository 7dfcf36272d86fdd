"""What is being rolled out to a section just now: a browser update, a new network. It must not make everybody suspicious."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from audit.detection.logins.features import Login

DAYS = 7
SHARE = 0.20
LEAST_PERSONS = 3
"""A thief of one account, or two people who swap machines, are no roll-out."""


def rollouts(logins: Iterable[Login], now: int) -> dict[str, frozenset[tuple[str, str]]]:
    """By section: (feature, value) that at least 20 % of its people, and three, first showed within the last 7 days.

    The terminal itself is never rolled out: each person's is their own.
    """
    people: dict[str, set[str]] = defaultdict(set)
    first: dict[tuple[str, str, str, str], int] = {}
    for login in logins:
        people[login.section].add(login.person)
        for name, value in login.features.items():
            key = (login.section, name, value, login.person)
            first[key] = min(login.seconds, first.get(key, login.seconds))
    adopters: dict[tuple[str, str, str], int] = defaultdict(int)
    for (section, name, value, _), seconds in first.items():
        adopters[section, name, value] += name != "terminal" and now - seconds <= DAYS * 86_400
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for (section, name, value), count in adopters.items():
        if count >= LEAST_PERSONS and count >= SHARE * len(people[section]):
            found[section].add((name, value))
    return {section: frozenset(values) for section, values in found.items()}
