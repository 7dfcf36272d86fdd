"""The acts of this room: asking for a run, removing one, and what the night does."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.trail.actors import current_actor
from audit.trail.recorder import Entry, Subject, record, record_many
from audit.trail.vocabulary import Event
from domain.impact import choosing
from domain.impact.errors import ImpactRefused
from domain.impact.models import ImpactRun
from domain.yearpacks.models import Revision
from jobs import services as jobs
from jobs.errors import NotPossible
from jobs.models import Job

RUN, REPLAY = "impact.run", "impact.replay"
KEPT_DAYS = 90
"""How long results are kept."""


@transaction.atomic
def start_run(mode: str, choice: str, fiscal_year: int) -> ImpactRun:
    """Ask for a run, as the acting person. Raises ImpactRefused, FiguresNotChosen."""
    if mode == ImpactRun.Mode.CATEGORIES and choice == choosing.IN_FORCE:
        raise ImpactRefused("影響試算では、適用中の定義と比べる改訂または年度定義を選んでください。")
    plans = choosing.plans_of(mode, choice, fiscal_year)
    run = ImpactRun.objects.create(
        mode=mode,
        title=choosing.title_of(mode, choice, fiscal_year),
        plans=plans,
        revision_id=next((plan["after"]["revision"] for plan in plans if plan["after"]), None),
        asked_by=current_actor().name,
        expires_on=timezone.localdate() + datetime.timedelta(days=KEPT_DAYS),
    )
    record(
        Event.IMPACT_RUN_REQUESTED,
        subjects=[Subject("impact", str(run.pk))],
        detail={"mode": mode, "years": [plan["year"] for plan in plans], "choice": choice},
    )
    jobs.start(RUN, {"run": run.pk}, key=job_key(run.pk), title=run.title)
    return run


def job_key(run_id: int) -> str:
    """The key of a run's job."""
    return f"{RUN}:{run_id}"


def job_of(run: ImpactRun) -> Job | None:
    """The newest job of a run."""
    return jobs.newest(job_key(run.pk))


@transaction.atomic
def delete_run(run: ImpactRun) -> None:
    """Remove a run with all its rows; its job, while it works, is asked to stop."""
    job = job_of(run)
    if job is not None and job.is_live:
        try:
            jobs.request_cancel(job)
        except NotPossible:
            job = None
    record(Event.IMPACT_RUN_REMOVED, subjects=[Subject("impact", str(run.pk))], detail={"mode": run.mode})
    run.delete()


@transaction.atomic
def remove_expired(today: datetime.date) -> int:
    """Runs whose term is over, or whose revision was withdrawn; returns how many."""
    gone = Q(expires_on__lt=today) | Q(revision__state=Revision.State.WITHDRAWN)
    over = list(ImpactRun.objects.filter(gone))
    record_many(
        Entry(Event.IMPACT_RUN_REMOVED, (Subject("impact", str(run.pk)),), {"mode": run.mode, "expired": True})
        for run in over
    )
    ImpactRun.objects.filter(pk__in=[run.pk for run in over]).delete()
    return len(over)


def start_night(day: datetime.date) -> Job:
    """再計算照合 of a day; asked for twice it is the same job."""
    return jobs.start(REPLAY, {"day": day.isoformat()}, key=f"{REPLAY}:{day.isoformat()}")
