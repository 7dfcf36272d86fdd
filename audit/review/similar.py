"""The nearest alert of the past and what became of it: the same rule, the same person if there is one, the same time of day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from accounts.models import User
from audit.review.models import Alert
from audit.review.queries import alerts_for

MOST_COMPARED: Final = 200
"""Closed alerts of the rule that are looked at, the newest."""

_MINUTES_A_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Similar:
    """A closed alert with its verdict. `minutes_apart`: on the clock, round midnight; `is_same_person`."""

    alert: Alert
    is_same_person: bool
    minutes_apart: int


def nearest(alert: Alert, viewer: User) -> Similar | None:
    """None while no alert of this rule was judged, but for those about the viewer. A person's own past says more than that of
    others, so it comes first.
    """
    judged = alerts_for(viewer).filter(rule=alert.rule, state=Alert.State.CLOSED, occurred_at__lt=alert.occurred_at)
    own = list(judged.filter(username=alert.username)[:MOST_COMPARED])
    compared = own or list(judged[:MOST_COMPARED])
    found = [Similar(one, bool(own), _apart(one.occurred_at, alert.occurred_at)) for one in compared]
    return min(found, key=lambda one: (one.minutes_apart, -one.alert.occurred_at.timestamp()), default=None)


def _apart(one: datetime, other: datetime) -> int:
    between = abs(_minute(one) - _minute(other))
    return min(between, _MINUTES_A_DAY - between)


def _minute(moment: datetime) -> int:
    local = timezone.localtime(moment)
    return local.hour * 60 + local.minute
