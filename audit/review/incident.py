"""漏えい等事案の候補: the two clocks of the report to 個人情報保護委員会 (番号法29条の4, 平成27年委員会規則5号).

Counted in calendar days, with the day of the verdict (when the board came to know) as the first, so that no date shown is
too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from audit.review.models import Alert, AlertStep

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


def clocks_of(alert: Alert, steps: list[AlertStep]) -> Clocks | None:
    """None unless the verdict is 目的外の疑い or なりすましの疑い."""
    judged = [step for step in steps if step.to_state == Alert.State.JUDGED]
    if not alert.is_incident_candidate or not judged:
        return None
    return clocks_from(timezone.localdate(judged[0].at))


def clocks_from(known_on: date) -> Clocks:
    first, last = PRELIMINARY_DAYS
    return Clocks(known_on, *(_nth(known_on, day) for day in (first, last, FINAL_DAYS, FINAL_DAYS_IF_MALICIOUS)))


def _nth(known_on: date, day: int) -> date:
    return known_on + timedelta(days=day - 1)
