"""The two clocks of the report to 個人情報保護委員会 (番号法29条の4, 平成27年委員会規則5号).

Counted in calendar days, with the day of the verdict (when the board came to know) as the first, so that no date shown is
too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from audit.review.models import Incident

PRELIMINARY_DAYS = (3, 5)
FINAL_DAYS = 30
FINAL_DAYS_IF_MALICIOUS = 60


@dataclass(frozen=True, slots=True)
class Clocks:
    """速報 between two days; 確報 until a day, or until a later one where 不正の目的 is suspected."""

    known_on: date
    preliminary_from: date
    preliminary_until: date
    final: date
    final_if_malicious: date


def clocks_of(incident: Incident) -> Clocks:
    return clocks_from(incident.known_on)


def next_due(incident: Incident) -> date | None:
    """The last day of the report that is still to be made."""
    clocks = clocks_of(incident)
    match incident.state:
        case Incident.State.OPEN:
            return clocks.preliminary_until
        case Incident.State.PRELIMINARY:
            return clocks.final_if_malicious if incident.is_malicious else clocks.final
        case _:
            return None


def clocks_from(known_on: date) -> Clocks:
    first, last = PRELIMINARY_DAYS
    return Clocks(known_on, *(_nth(known_on, day) for day in (first, last, FINAL_DAYS, FINAL_DAYS_IF_MALICIOUS)))


def _nth(known_on: date, day: int) -> date:
    return known_on + timedelta(days=day - 1)
