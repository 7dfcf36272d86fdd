"""The decisions of the watch about log-ins held in memory: the product's own functions, without its database."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from audit.detection.hours.circle import Floats
from audit.detection.hours.conformal import p_values
from audit.detection.hours.days import cells
from audit.detection.logins.features import Login
from audit.detection.logins.freeman import suspicion
from audit.detection.logins.learning import Learnt, learn_from
from audit.detection.logins.rollouts import rollouts


class Watch:
    """Learnt from some log-ins; `when` is the moment roll-outs are looked for (seconds)."""

    def __init__(self, past: Sequence[Login], recent: Sequence[Login] = (), when: int = 0) -> None:
        self.learnt: Learnt = learn_from(past, {})
        self.numbers = {person: number for number, person in enumerate(self.learnt.people)}
        self.terminal = np.sort(self.learnt.terminal)
        self.together = np.sort(self.learnt.together)
        self.rollouts = rollouts([*past, *recent], when) if when else {}

    def hours(self, logins: Sequence[Login]) -> Floats:
        """p-values of the hour alone."""
        places = cells(np.array([login.seconds for login in logins], dtype=np.int64))
        people = np.array([self.numbers.get(login.person, -1) for login in logins])
        return self.learnt.model.judge(people, places, np.zeros(len(people), dtype=bool))

    def suspicions(self, logins: Sequence[Login]) -> Floats:
        """The logarithm of Freeman's ratio."""
        whole, persons = self.learnt.everybody, len(self.learnt.people)
        nothing = frozenset[tuple[str, str]]()
        return np.array(
            [
                suspicion(
                    one.features, self.learnt.own[one.person], whole, persons, self.rollouts.get(one.section, nothing)
                ).total
                for one in logins
            ]
        )

    def machines(self, logins: Sequence[Login]) -> Floats:
        """p-values of the machine alone."""
        return p_values(self.terminal, self.suspicions(logins))

    def together_of(self, logins: Sequence[Login]) -> Floats:
        """p-values of both, as the log-in decides by."""
        return p_values(self.together, self.suspicions(logins) - np.log(self.hours(logins)))


def first_and_next(logins: Sequence[Login], first: int, following: int) -> tuple[list[Login], list[Login]]:
    """Each person's first log-ins, and those that follow; people with fewer are left out."""
    by_person: dict[str, list[Login]] = {}
    for login in logins:
        by_person.setdefault(login.person, []).append(login)
    whole = [rows for rows in by_person.values() if len(rows) >= first + following]
    return [r for rows in whole for r in rows[:first]], [r for rows in whole for r in rows[first : first + following]]
