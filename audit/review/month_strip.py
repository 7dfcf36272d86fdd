"""The alerts of a month by day (Japanese days), drawn on the server, with the same figures for the table behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from audit.detection.calendar import Hours, day_off_name
from audit.review.models import Alert
from web.states import SHAPES, Tone

COLUMN_WIDTH, SHAPE_HEIGHT, MOST_SHAPES = 28, 20, 5
BASE = (MOST_SHAPES + 1) * SHAPE_HEIGHT + 8
WIDTH = 31 * COLUMN_WIDTH
HEIGHT = BASE + 28
_WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class Shape:
    """One alert: its state's shape at a place of the picture."""

    y: int
    tone: str
    shape: str


@dataclass(frozen=True, slots=True)
class DayColumn:
    """One day. `more`: alerts beyond those drawn; `day_off`: why it is off, in words."""

    day: date
    x: int
    shapes: list[Shape]
    more: int
    day_off: str
    states: str
    count: int

    @property
    def center(self) -> int:
        return self.x + COLUMN_WIDTH // 2

    @property
    def weekday(self) -> str:
        return _WEEKDAYS[self.day.weekday()]


def columns(first: date, alerts: Iterable[Alert], hours: Hours) -> list[DayColumn]:
    """Every day of the month that begins on `first`."""
    by_day: dict[date, list[Alert]] = {}
    for alert in alerts:
        by_day.setdefault(timezone.localdate(alert.occurred_at), []).append(alert)
    return [_column(day, by_day.get(day, []), hours) for day in days_of(first)]


def days_of(first: date) -> Iterator[date]:
    day = first
    while day.month == first.month:
        yield day
        day += timedelta(days=1)


def following_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def previous_month(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _column(day: date, alerts: list[Alert], hours: Hours) -> DayColumn:
    shapes = [
        Shape(BASE - 8 - place * SHAPE_HEIGHT, alert.tone, SHAPES[Tone(alert.tone)])
        for place, alert in enumerate(alerts[:MOST_SHAPES])
    ]
    labels = [str(alert.get_state_display()) for alert in alerts]
    states = "、".join(f"{label} {labels.count(label)}件" for label in dict.fromkeys(labels))
    more = max(0, len(alerts) - MOST_SHAPES)
    x = (day.day - 1) * COLUMN_WIDTH
    return DayColumn(day, x, shapes, more, day_off_name(day, hours), states, len(alerts))
