"""The hour model on histories of many shapes, and on real ones: `make bench-hours [ARGS="--events FILE"]`.

Each person's first sessions are learnt, the next 60 judged; 60 made-up log-ins a person at night, on weekends and at a
colleague's hours stand against them. A file of real histories is JSON Lines as of `watch_score`; every line counts as honest.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from audit.detection.hours.absence import relearning
from audit.detection.hours.circle import Ints
from audit.detection.hours.days import SECONDS_A_DAY, cells
from audit.detection.hours.events import read_events
from audit.detection.hours.history import history, session_numbers
from audit.detection.hours.model import learn
from ops.bench.watch.attacks import Moment, night, office_hours, weekend
from ops.bench.watch.shapes import FIRST_DAY, SHAPES, Shape, moments
from ops.bench.watch.statistics import Person, auc, bootstrap, found_at, told_at

JUDGED, LEAST_JUDGED = 60, 30
EACH = 60
TOKYO = 9 * 3600
LEAST_PERSONS = 5
ORGANISATIONS = 4
A_QUARTER = 91
"""Days by which each made-up organisation begins later than the one before."""

STARTS = (0, 15, 30, 45)
"""Sessions of a real history passed over before learning begins."""

ALPHAS = (0.01, 0.02, 0.05)
HEAD = (
    "histories",
    "persons",
    "night found",
    "weekend found",
    "AUC night",
    "AUC weekend",
    "AUC colleague",
    *(f"told at α = {alpha:g}" for alpha in ALPHAS),
)


@dataclass(frozen=True, slots=True)
class Split:
    """What one person's history gives: moments to learn from, and honest ones to judge; in seconds."""

    past: Ints
    following: Ints


@dataclass(frozen=True, slots=True)
class Judged:
    """By kind of attack, every person's p-values."""

    nights: list[Person]
    weekends: list[Person]
    colleagues: list[Person]

    def __add__(self, other: Judged) -> Judged:
        return Judged(self.nights + other.nights, self.weekends + other.weekends, self.colleagues + other.colleagues)


NOBODY = Judged([], [], [])


def judge(people: Sequence[Split], seed: int) -> Judged:
    """All of them are one organisation."""
    past = _pooled([one.past for one in people])
    model = learn(history(*past, len(people)))
    honest = _pooled([one.following for one in people])
    before = np.concatenate([past[0], honest[0]]), np.concatenate([past[1], honest[1]])
    told = model.judge(honest[0], cells(honest[1]), relearning(*before)[len(past[0]) :])

    def against(when: Moment, kind: int) -> list[Person]:
        chance = np.random.default_rng((seed, kind))
        numbers = np.repeat(np.arange(len(people)), EACH)
        days = [int(chance.choice(people[number].following)) for number in numbers.tolist()]
        models = [on_day_of(day, int(chance.choice(honest[1]))) for day in days]
        stolen = np.array([when(chance, model) for model in models], dtype=np.int64)
        everything = (np.concatenate([one, two]) for one, two in zip(before, (numbers, stolen), strict=True))
        p_values = model.judge(numbers, cells(stolen), relearning(*everything)[len(before[0]) :])
        return [Person(told[honest[0] == one], p_values[numbers == one]) for one in range(len(people))]

    return Judged(*(against(when, kind) for kind, when in enumerate((night, weekend, office_hours))))


def on_day_of(day: int, clock: int) -> int:
    """The time of day of one moment on the day of another: people of a file need not have been there at the same time."""
    return day - (day + TOKYO) % SECONDS_A_DAY + (clock + TOKYO) % SECONDS_A_DAY


def of_shape(shape: Shape) -> Judged:
    """Some made-up organisations of one shape, each begun in another season."""
    found = NOBODY
    for seed in range(ORGANISATIONS):
        begin = FIRST_DAY + seed * A_QUARTER
        chance = np.random.default_rng(seed)
        people = []
        for number in range(shape.persons):
            first = shape.sessions[number % len(shape.sessions)]
            all_of_them = moments(chance, shape.rota(chance), first + JUDGED, begin)
            people.append(Split(all_of_them[:first], all_of_them[first:]))
        found += judge(people, seed)
    return found


def of_real(sessions: Sequence[Ints], first: int) -> Judged:
    """Of one organisation of real people, from several points on; each person's log-ins of all of them stay together."""
    runs: list[tuple[list[int], Judged]] = []
    for start in STARTS:
        there = [who for who, one in enumerate(sessions) if len(one) >= start + first + LEAST_JUDGED]
        after = [sessions[who][start:] for who in there]
        if len(there) >= LEAST_PERSONS:
            people = [Split(one[:first], one[first : first + JUDGED]) for one in after]
            runs.append((there, judge(people, start)))
    return Judged(
        _merged((there, judged.nights) for there, judged in runs),
        _merged((there, judged.weekends) for there, judged in runs),
        _merged((there, judged.colleagues) for there, judged in runs),
    )


def _merged(runs: Iterable[tuple[list[int], list[Person]]]) -> list[Person]:
    by_person: dict[int, list[Person]] = {}
    for there, people in runs:
        for who, person in zip(there, people, strict=True):
            by_person.setdefault(who, []).append(person)
    return [
        Person(np.concatenate([one.honest for one in own]), np.concatenate([one.attacks for one in own]))
        for own in by_person.values()
    ]


def real_sessions(lines: Iterable[str]) -> list[Ints]:
    """When each person's sessions began. Raises EventsUnreadable."""
    events = read_events(lines)
    order = np.lexsort((np.array(events.seconds), np.array(events.persons)))
    persons, seconds = np.array(events.persons)[order], np.array(events.seconds)[order]
    begins = np.unique(session_numbers(persons, seconds), return_index=True)[1]
    return [seconds[begins][persons[begins] == person] for person in range(len(events.numbers))]


def row(title: str, judged: Judged) -> tuple[str, ...]:
    """One line of the table, with 95 % intervals over persons drawn anew."""
    measures: list[tuple[list[Person], Callable[[Sequence[Person]], float], str]] = [
        (judged.nights, _found, ".3f"),
        (judged.weekends, _found, ".3f"),
        (judged.nights, auc, ".3f"),
        (judged.weekends, auc, ".3f"),
        (judged.colleagues, auc, ".3f"),
        *((judged.nights, partial(told_at, alpha=alpha), ".4f") for alpha in ALPHAS),
    ]
    values = []
    for people, measure, digits in measures:
        estimate = bootstrap(people, measure)
        values.append(f"{estimate.value:{digits}} ({estimate.low:{digits}}–{estimate.high:{digits}})")
    return title, str(len(judged.nights)), *values


def _found(people: Sequence[Person]) -> float:
    return found_at(people, 0.02)


def _pooled(moments_of: Sequence[Ints]) -> tuple[Ints, Ints]:
    persons = np.repeat(np.arange(len(moments_of)), [len(one) for one in moments_of])
    return persons.astype(np.int64), np.concatenate(moments_of).astype(np.int64)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-hours")
    parser.add_argument("--events", type=Path, help="real histories; only they are measured")
    file = parser.parse_args().events
    _show(HEAD)
    _show(("---",) * len(HEAD))
    if file is None:
        everybody = NOBODY
        for shape in SHAPES:
            everybody += (judged := of_shape(shape))
            _show(row(shape.title, judged))
        _show(row("all of these", everybody))
        return
    with file.open(encoding="utf-8-sig") as lines:
        sessions = real_sessions(lines)
    for first in (10, 30, 60, 100):
        judged = of_real(sessions, first)
        if judged.nights:
            _show(row(f"{first} sessions learnt", judged))


def _show(parts: Iterable[str]) -> None:
    print(f"| {' | '.join(parts)} |", flush=True)


if __name__ == "__main__":
    main()
