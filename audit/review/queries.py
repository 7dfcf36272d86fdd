"""Reads of this room."""

from __future__ import annotations

from datetime import date

from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import User
from audit.review.models import Alert, Reminder
from audit.review.month_strip import following_month
from audit.review.moves import OPEN_STATES
from web.moments import start_of


def open_alerts_count() -> int:
    """Alerts nobody has closed yet, for the monitor's home and the place's badge."""
    return Alert.objects.filter(state__in=OPEN_STATES).count()


def overdue_alerts_count() -> int:
    return Alert.objects.filter(state__in=OPEN_STATES, due_at__lt=timezone.now()).count()


def reminders_of(user: User) -> QuerySet[Reminder]:
    """What the person was told about terms that still run or have passed without an act, the graver first."""
    told = Reminder.objects.filter(to__contains=[user.username], alert__due_at=F("due_at"))
    return told.select_related("alert").order_by("kind", "due_at")


def open_alerts() -> QuerySet[Alert]:
    """What is still to do, the nearest deadline first."""
    return Alert.objects.filter(state__in=OPEN_STATES).order_by("due_at", "occurred_at")


def alerts_of_month(first: date) -> QuerySet[Alert]:
    """Alerts of acts in the (Japanese) month that begins on `first`, oldest first."""
    since, until = start_of(first), start_of(following_month(first))
    return Alert.objects.filter(occurred_at__gte=since, occurred_at__lt=until).order_by("occurred_at", "id")


def asked_of(user: User) -> QuerySet[Alert]:
    """Alerts about the person that asked the person, those still waiting first. Before that they are not shown."""
    asked = Alert.objects.filter(username=user.username, steps__to_state=Alert.State.ASKED).distinct()
    return asked.order_by("-occurred_at")
