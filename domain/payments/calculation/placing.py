"""At which enrolment 追給・戻入 of one child are counted: paid where the child is now, taken off where something is paid.

A child at two schools of ours has a payment at each, and none of them falls below 0 円. The household is the same one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.payments.calculation.results import Outcome
from domain.payments.models import Adjustment

Lines = Mapping[int, Sequence[Adjustment]]
"""By enrolment."""


def placed(lines: Lines, made: Sequence[Outcome]) -> Lines | None:
    """The enrolments that count these differences; None where they cannot be counted. `made`: in order of time.

    Together 0 円 or more: at the last enrolment. Less: each at its own or, where one of them pays too little, all at the
    last enrolment that pays enough. No payment changes while facts of the child contradict each other.
    """
    by_pupil = {each.payment.pupil_id: each for each in made}
    if not lines.keys() <= by_pupil.keys() or any(each.result is None for each in made):
        return None
    every = [line for found in lines.values() for line in found]
    if sum(line.total for line in every) < 0 and all(_has_room(by_pupil[pupil], lines[pupil]) for pupil in lines):
        return lines
    there = next((each for each in reversed(made) if _has_room(each, every)), None)
    return None if there is None else {there.payment.pupil_id: every}


def _has_room(made: Outcome, lines: Sequence[Adjustment]) -> bool:
    return made.payment.total + sum(line.total for line in lines) >= 0
