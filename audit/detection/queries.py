"""Reads of this room."""

from __future__ import annotations

from datetime import date, datetime

from audit.detection.calendar import Hours, Notice
from audit.detection.models import DayOff, OvertimeNotice, ServiceHours, Unevaluated

STANDARD = Hours()
"""For terms of days while a prefecture has no hours of its own. No rule is ever judged by it."""


def hours_in_force() -> Hours | None:
    """Hours and own days off of the prefecture; None while nobody has set the hours."""
    row = ServiceHours.objects.filter(pk=ServiceHours.ONLY).first()
    if row is None:
        return None
    return Hours(row.opens_at, row.closes_at, dict(DayOff.objects.values_list("day", "name")))


def notices_of(username: str, at: datetime) -> list[Notice]:
    """The notices in force that cover the moment for this person."""
    covering = OvertimeNotice.objects.filter(
        username=username, starts_at__lte=at, ends_at__gt=at, withdrawn_at=None
    ).values_list("starts_at", "ends_at")
    return [Notice(starts_at, ends_at) for starts_at, ends_at in covering]


def notices_between(username: str, since: datetime, until: datetime) -> tuple[Notice, ...]:
    """The notices in force at some moment of the time for this person; `until` is exclusive."""
    touching = OvertimeNotice.objects.filter(
        username=username, starts_at__lt=until, ends_at__gt=since, withdrawn_at=None
    ).values_list("starts_at", "ends_at")
    return tuple(Notice(starts_at, ends_at) for starts_at, ends_at in touching)


def unevaluated_between(since: datetime, until: datetime) -> list[Unevaluated]:
    """Acts no rule could judge, newest first; `until` is exclusive."""
    return list(Unevaluated.objects.filter(occurred_at__gte=since, occurred_at__lt=until))


def days_off_from(day: date) -> list[DayOff]:
    return list(DayOff.objects.filter(day__gte=day))
