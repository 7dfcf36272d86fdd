"""Who came back after a long absence: their old habits may no longer hold, so they are learnt anew (学習し直し)."""

from __future__ import annotations

import numpy as np

from audit.detection.hours.circle import Flags, Ints
from audit.detection.hours.days import SECONDS_A_DAY
from audit.detection.hours.history import session_numbers

ABSENCE_DAYS = 90
SESSIONS_TO_RELEARN = 10


def relearning(persons: Ints, seconds: Ints) -> Flags:
    """For log-ins in any order: whether each is among the first 10 sessions after more than 90 days of absence."""
    order = np.lexsort((seconds, persons))
    who, when = persons[order], seconds[order]
    sessions = session_numbers(who, when)
    returned = np.zeros(len(who), dtype=bool)
    returned[1:] = (np.diff(who) == 0) & (np.diff(when) > ABSENCE_DAYS * SECONDS_A_DAY)
    places = np.maximum.accumulate(np.where(returned, np.arange(len(who)), -1))
    recent = (places >= 0) & (who[places] == who) & (sessions - sessions[places] < SESSIONS_TO_RELEARN)
    answer = np.zeros(len(who), dtype=bool)
    answer[order] = recent
    return answer
