"""Long work of this room, and what the scheduler starts at night."""

from __future__ import annotations

import datetime

from celery import shared_task
from django.utils import timezone

from accounts.permissions import Permission
from domain.impact import replays, running, services
from domain.impact.models import ImpactRun
from jobs.handle import JobHandle
from jobs.registry import job_kind
from tenants.core.context import each_live_prefecture


@job_kind(services.RUN, "影響試算", permission=Permission.RUN_IMPACT)
def run(handle: JobHandle) -> None:
    """Arguments: run (id). A run that was removed meanwhile needs nothing any more."""
    asked = ImpactRun.objects.filter(pk=int(handle.args["run"])).first()
    if asked is not None:
        running.carry_out(handle, asked)


@job_kind(services.REPLAY, "再計算照合", permission=Permission.RUN_IMPACT)
def replay(handle: JobHandle) -> None:
    """Arguments: day (ISO)."""
    replays.carry_out(handle, datetime.date.fromisoformat(handle.args["day"]))


@shared_task(name="impact.nightly", ignore_result=True, expires=3600)
def nightly() -> None:
    """Every night in each prefecture: results whose term is over go, and the stored receipts are recomputed."""
    today = timezone.localdate()
    for _ in each_live_prefecture():
        services.remove_expired(today)
        services.start_night(today)
