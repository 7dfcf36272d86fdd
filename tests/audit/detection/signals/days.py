"""Days of made-up people for the rules of the trail."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from audit.detection.signals.base import Day, Norms, Person
from audit.trail.entries import Subject
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event
from tests.audit.detection.conftest import tokyo

ON = date(2026, 11, 20)
MORNING = tokyo("2026-11-20T09:00")


def after(minutes: float = 0, seconds: float = 0) -> datetime:
    return MORNING + timedelta(minutes=minutes, seconds=seconds)


def event(
    word: Event,
    at: datetime = MORNING,
    *subjects: Subject,
    terminal: str = "T-1",
    within: str = "s1",
    case: str = "",
    duty: str = "",
    **detail: Any,
) -> TrailEvent:
    return TrailEvent(
        id=uuid4(),
        occurred_at=at,
        recorded_at=at,
        event=word.value,
        actor_kind="person",
        actor_id="7",
        actor_name="サンプル 事務",
        actor_role="学校事務担当",
        terminal=terminal,
        session=within,
        job_id=None,
        subjects=subjects,
        detail=detail,
        allowed_by="",
        duty=duty,
        case=case,
    )


def household(number: int) -> Subject:
    return Subject("household", str(number))


def opened(*numbers: int, every: float = 1) -> tuple[TrailEvent, ...]:
    """Households opened one after the other, so many minutes apart."""
    return tuple(
        event(Event.READ_HOUSEHOLD_SHOWN, after(place * every), household(number))
        for place, number in enumerate(numbers)
    )


def day(*events: TrailEvent, about: tuple[TrailEvent, ...] = (), person: Person | None = None, **more: Any) -> Day:
    return Day(person or Person("clerk"), ON, events, about, more.pop("norms", Norms()), **more)
