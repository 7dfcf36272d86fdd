"""Deadlines of the loop, in working days of the prefecture's calendar."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from audit.detection.calendar import after_working_days
from audit.detection.queries import STANDARD, hours_in_force
from audit.review.models import Alert
from audit.review.moves import OPEN_STATES
from audit.trail.recorder import Entry, Subject, record_many
from audit.trail.vocabulary import Event


def due_after(moment: datetime, working_days: int) -> datetime:
    """When a term of working days ends. Without hours of the prefecture's own, those of the standard calendar count."""
    return after_working_days(moment, working_days, hours_in_force() or STANDARD)


def note_passed_deadlines() -> int:
    """Write one event for each deadline that has passed since the last look; returns how many. For the scheduler."""
    now = timezone.now()
    with transaction.atomic():
        passed = Alert.objects.select_for_update(skip_locked=True).filter(
            state__in=OPEN_STATES, due_at__lt=now, overdue_noted_at=None
        )
        late = list(passed)
        record_many(
            Entry(Event.ALERT_DEADLINE_PASSED, [Subject("alert", str(alert.pk))], {"状態": alert.get_state_display()})
            for alert in late
        )
        Alert.objects.filter(pk__in=[alert.pk for alert in late]).update(overdue_noted_at=now)
    return len(late)
