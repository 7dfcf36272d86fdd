"""Scores a whole history of log-ins: learns from its training lines, judges the others (`manage.py watch_score`)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np

from audit.detection.hours.absence import relearning
from audit.detection.hours.circle import Flags, Ints
from audit.detection.hours.days import CELLS, cells
from audit.detection.hours.events import Events
from audit.detection.hours.history import history
from audit.detection.hours.model import HourModel, learn
from audit.detection.hours.words import verdict

LEARNT = 'null, "reasons": []}'
DIGITS = 9


def score(events: Events) -> Iterator[str]:
    """One line of JSON per event, in the order of the file. All persons of the file are the organisation."""
    persons, seconds = np.array(events.persons, dtype=np.int64), np.array(events.seconds, dtype=np.int64)
    training = np.array(events.is_training, dtype=bool)
    model = learn(history(persons[training], seconds[training], len(events.numbers)))
    kinds = _kinds(persons, seconds, training)
    tails = {int(kind): LEARNT if kind < 0 else _tail(model, int(kind)) for kind in np.unique(kinds)}
    for head, kind in zip(events.heads, kinds.tolist(), strict=True):
        yield head + tails[kind]


def _kinds(persons: Ints, seconds: Ints, training: Flags) -> Ints:
    """−1 for a training line; else one number for (person, cell, relearning): events that share it share their answer."""
    anew = relearning(persons, seconds)
    kinds = (persons * CELLS + cells(seconds)) * 2 + anew
    return np.where(training, -1, kinds)


def _tail(model: HourModel, kind: int) -> str:
    place, anew = divmod(kind, 2)
    person, cell = divmod(place, CELLS)
    judged = verdict(model.of(person), cell, bool(anew))
    return f'{round(judged.p_value, DIGITS)}, "reasons": {json.dumps(judged.reasons, ensure_ascii=False)}}}'
