"""Periodic work of this room."""

from __future__ import annotations

from celery import shared_task

from audit.review.deadlines import note_passed_deadlines
from tenants.core.context import each_live_prefecture


@shared_task(name="review.note_deadlines", ignore_result=True, expires=50)
def note_deadlines() -> None:
    """Each minute: an event for every deadline of an alert that has passed."""
    for _ in each_live_prefecture():
        note_passed_deadlines()
