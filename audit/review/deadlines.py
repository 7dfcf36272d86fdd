"""Deadlines of the loop, in working days of the prefecture's calendar; who is told before one ends, and who after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.permissions import Permission
from audit.detection.calendar import after_working_days
from audit.detection.queries import STANDARD, hours_in_force
from audit.review.models import Alert, Reminder
from audit.review.moves import OPEN_STATES, UNANSWERED
from audit.review.people import can_answer, told_of
from audit.trail.recorder import Entry, Subject, record_many
from audit.trail.vocabulary import Event

NEAR = timedelta(hours=4)
"""So long before a term ends, whoever has to act is told."""

S, Kind = Alert.State, Reminder.Kind
_EVENTS = {Kind.NEAR: Event.ALERT_TERM_REMINDED, Kind.ESCALATED: Event.ALERT_RECORD_ESCALATED}


def due_after(moment: datetime, working_days: int) -> datetime:
    """When a term of working days ends. Without hours of the prefecture's own, those of the standard calendar count."""
    return after_working_days(moment, working_days, hours_in_force() or STANDARD)


def remind_and_escalate() -> int:
    """Tell people of terms that end soon and of terms that have ended, each once; returns how many. For the scheduler."""
    now = timezone.now()
    passed = _remind(Kind.ESCALATED, Alert.objects.filter(due_at__lt=now))
    return passed + _remind(Kind.NEAR, Alert.objects.filter(due_at__gte=now, due_at__lt=now + NEAR))


def people_of(alert: Alert, kind: Reminder.Kind) -> list[str]:
    """職員ID of those to tell: before the end whoever acts next, after it those above. Never about oneself but to answer."""
    is_with_operator = alert.state in UNANSWERED and can_answer(alert)
    if alert.state == S.ASKED and is_with_operator and kind is Kind.NEAR:
        return [alert.username]
    permissions = [Permission.JUDGE_ALERT]
    if alert.state in (S.RAISED, S.CHECKING) or (alert.state == S.NOTIFIED and is_with_operator):
        permissions = [Permission.HANDLE_ALERT if kind is Kind.NEAR else Permission.JUDGE_ALERT]
    elif kind is Kind.ESCALATED and not is_with_operator:
        permissions.append(Permission.MANAGE_USERS)
    return told_of(alert, permissions)


def _remind(kind: Reminder.Kind, alerts: QuerySet[Alert]) -> int:
    told = Reminder.objects.filter(alert=OuterRef("pk"), kind=kind, due_at=OuterRef("due_at"))
    with transaction.atomic():
        waiting = alerts.filter(state__in=OPEN_STATES).exclude(Exists(told))
        found = list(waiting.select_for_update(skip_locked=True))
        Reminder.objects.bulk_create(
            Reminder(alert=alert, kind=kind, due_at=alert.due_at, to=people_of(alert, kind))
            for alert in found
            if alert.due_at is not None
        )
        record_many(entry for alert in found for entry in _entries(alert, kind))
    return len(found)


def _entries(alert: Alert, kind: Reminder.Kind) -> Iterable[Entry]:
    subjects = (Subject("alert", str(alert.pk)),)
    detail = {"状態": str(alert.get_state_display())}
    if kind is Kind.ESCALATED:
        yield Entry(Event.ALERT_DEADLINE_PASSED, subjects, detail)
    yield Entry(_EVENTS[kind], subjects, detail)
