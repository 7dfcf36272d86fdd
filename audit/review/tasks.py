"""Periodic work of this room."""

from __future__ import annotations

from celery import shared_task

from audit.review.deadlines import remind_and_escalate
from audit.review.incidents import reminding
from tenants.core.context import each_live_prefecture


@shared_task(name="review.note_deadlines", ignore_result=True, expires=50)
def note_deadlines() -> None:
    """Each minute: tell people of terms of alerts, and of reports of incidents, that end soon, and of those that have ended.

    Raises what went wrong when all prefectures had their turn.
    """
    failed = []
    for _ in each_live_prefecture():
        for remind in (remind_and_escalate, reminding.remind):
            try:
                remind()
            except Exception as error:
                failed.append(error)
    if failed:
        raise ExceptionGroup("review.note_deadlines", failed)
