"""What waits for whoever watches, for their ホーム: the strip of this month by day, and the open alerts as cards."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from audit.detection.queries import STANDARD, hours_in_force
from audit.review import month_strip, queries
from audit.review.listing import line_of
from audit.review.models import Alert
from audit.review.people import answering, names_of
from audit.trail.recorder import Subject, TrailUnavailable, record_access
from audit.trail.vocabulary import Event

CARDS = 6


def board_of(user: User) -> dict[str, Any]:
    """Without the cards, which say about whom and what, where that they were shown cannot be recorded."""
    month = timezone.localdate().replace(day=1)
    of_month = queries.month_for(user, month)
    to_do = list(queries.open_alerts(user)[:CARDS])
    return {
        "month": f"{month.month}月",
        "asked": {"month": month},
        "columns": month_strip.columns(month, of_month, hours_in_force() or STANDARD),
        "strip": month_strip,
        "alerts_url": reverse("review:alerts"),
        "cards": _cards(to_do) if _note(to_do) else [],
    }


def _cards(alerts: list[Alert]) -> list[Any]:
    usernames = [alert.username for alert in alerts]
    names, present = names_of(usernames), answering(usernames)
    return [line_of(alert, names, present) for alert in alerts]


def _note(alerts: list[Alert]) -> bool:
    if not alerts:
        return False
    subjects = [Subject("alert", str(alert.pk)) for alert in alerts]
    try:
        detail = {"一覧": "警報"}
        allowed = Permission.VIEW_ALERTS.value
        record_access(Event.READ_LIST_SHOWN, subjects=subjects, detail=detail, allowed_by=allowed)
    except TrailUnavailable:
        return False
    return True
