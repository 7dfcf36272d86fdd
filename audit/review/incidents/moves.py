"""The state machine (状態遷移) of an incident: 対応中 → 速報済 → 確報済, or 報告対象外 while nothing was reported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from audit.review.models import Incident
from audit.trail.vocabulary import Event

S = Incident.State


class Move(StrEnum):
    PRELIMINARY = "preliminary"
    FINAL = "final"
    WAIVE = "waive"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Way:
    """`target` None: the state stays."""

    label: str
    sources: tuple[Incident.State, ...]
    target: Incident.State | None
    event: Event


WAYS: Final[dict[Move, Way]] = {
    Move.PRELIMINARY: Way("速報を記録する", (S.OPEN,), S.PRELIMINARY, Event.INCIDENT_PRELIMINARY_REPORTED),
    Move.FINAL: Way("確報を記録する", (S.PRELIMINARY,), S.FINAL, Event.INCIDENT_FINAL_REPORTED),
    Move.WAIVE: Way("報告の対象外とする", (S.OPEN,), S.NOT_REPORTED, Event.INCIDENT_REPORT_WAIVED),
    Move.MARK: Way("不正の目的の有無を記録する", (S.OPEN, S.PRELIMINARY), None, Event.INCIDENT_PURPOSE_MARKED),
}

UNDER_WAY: Final = (S.OPEN, S.PRELIMINARY)
