"""Reads of this room."""

from __future__ import annotations

from datetime import date

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from audit.review.models import Alert, AlertStep, Reminder
from audit.review.month_strip import following_month
from audit.review.moves import OPEN_STATES
from web.moments import start_of


def alerts_for(viewer: User) -> QuerySet[Alert]:
    """All but those about the viewer: who is watched learns neither how nor that anything was seen, before being asked."""
    return Alert.objects.exclude(username=viewer.username)


def overdue_count(alerts: QuerySet[Alert]) -> int:
    return alerts.filter(due_at__lt=timezone.now()).count()


def reminders_of(user: User) -> QuerySet[Reminder]:
    """What the person was told about terms that still run or have passed without an act, the graver first."""
    told = Reminder.objects.filter(to__contains=[user.username], alert__due_at=F("due_at"))
    return told.select_related("alert").order_by("kind", "due_at")


def open_alerts(viewer: User) -> QuerySet[Alert]:
    """What is still to do for the viewer, the nearest deadline first."""
    return alerts_for(viewer).filter(state__in=OPEN_STATES).order_by("due_at", "occurred_at")


def alerts_of_month(first: date) -> QuerySet[Alert]:
    """Alerts of acts in the (Japanese) month that begins on `first`, oldest first."""
    since, until = start_of(first), start_of(following_month(first))
    return Alert.objects.filter(occurred_at__gte=since, occurred_at__lt=until).order_by("occurred_at", "id")


def month_for(viewer: User, first: date) -> QuerySet[Alert]:
    """`alerts_of_month` without those about the viewer."""
    return alerts_of_month(first) & alerts_for(viewer)


def asked_of(user: User) -> QuerySet[Alert]:
    """Alerts about the person that asked the person, newest first, with the last `question`. Before that they are not shown.

    What the rule found (`sentence`) is not for them: an answer to it would be an answer to how one is watched.
    """
    questions = AlertStep.objects.filter(alert=OuterRef("pk"), to_state=Alert.State.ASKED).order_by("-at", "-id")
    asked = Alert.objects.filter(username=user.username).annotate(question=Subquery(questions.values("text")[:1]))
    return asked.exclude(question=None).order_by("-occurred_at")
