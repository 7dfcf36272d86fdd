"""Periodic work that belongs to no room alone."""

from __future__ import annotations

from celery import shared_task

from accounts.services import tidy
from tenants.core.context import console_context, each_live_prefecture


@shared_task(name="config.tidy_sessions", ignore_result=True, expires=50)
def tidy_sessions() -> None:
    """End sessions that ran out (with their events) and drop what is expired, in every prefecture and in the console."""
    for _ in each_live_prefecture():
        tidy()
    with console_context():
        tidy()
