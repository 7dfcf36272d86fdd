"""Periodic work of this room."""

from __future__ import annotations

from celery import shared_task

from audit.review.deadlines import remind_and_escalate
from tenants.core.context import each_live_prefecture


@shared_task(name="review.note_deadlines", ignore_result=True, expires=50)
def note_deadlines() -> None:
    """Each minute: tell people of terms of alerts that end soon, and of those that have ended."""
    for _ in each_live_prefecture():
        remind_and_escalate()
