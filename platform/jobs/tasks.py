"""Celery entry points. A message is believed only when the scope it names has signed it and the job's row agrees."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from celery import shared_task

from audit.trail import relay
from audit.trail.absence import note_missing_schema
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from jobs import messages, sweeping
from jobs.models import Job
from jobs.registry import OWNER_QUEUE
from jobs.running import Outcome, run_job
from tenants.core.context import console_context, current_prefecture, gateway_context, prefecture_context
from tenants.core.credentials import CONSOLE
from tenants.core.db.base import PUBLIC
from tenants.core.models import Prefecture
from tenants.core.presence import has_schema
from tenants.core.providers import SealBroken

logger = logging.getLogger(__name__)


@shared_task(name=messages.WAKE_TASK, ignore_result=True)
def wake(scope: str, job_id: str, signature: str) -> str:
    """Work on a job. Returns how it ended, or "refused"."""
    job_key = _parse(job_id)
    if OWNER_QUEUE in messages.served_queues() and scope != CONSOLE:
        # Nothing of a prefecture may run, nor even be entered, with the rights over all of them.
        return _refuse("scope of another queue", entered=False)
    with _entered(scope) as entered:
        queue = messages.signed_queue(scope, job_key, signature) if entered and job_key else None
        if job_key is None or queue is None:
            return _refuse("scope, queue or signature", entered)
        job = Job.objects.filter(pk=job_key, scope=scope).first()
        if job is None:
            return _refuse("no such job in this scope", entered)
        if messages.queue_of(job) != queue:
            return _refuse("kind of another queue", entered)
        outcome = run_job(job_key, within_share=True)
        if outcome is not Outcome.NOT_FREE:
            sweeping.wake_next(job.queue)
            _relay()
        return outcome.value


@shared_task(name="jobs.sweep", ignore_result=True, expires=30)
def sweep() -> int:
    """Beat calls this: wake workers for jobs nobody works on."""
    return sweeping.sweep_all()


@contextmanager
def _entered(scope: str) -> Iterator[bool]:
    """Enter the named scope if it exists and may take business traffic; False (and nowhere) otherwise."""
    if scope == CONSOLE:
        with console_context():
            yield True
        return
    with gateway_context():
        prefecture = Prefecture.objects.filter(schema_name=scope, state__in=Prefecture.OPEN_STATES).first()
    if prefecture is None:
        yield False
        return
    with prefecture_context(prefecture):
        if has_schema():
            yield True
            return
    note_missing_schema(scope, "job")
    yield False


def _parse(job_id: str) -> UUID | None:
    try:
        return UUID(job_id)
    except ValueError:
        return None


def _refuse(reason: str, entered: bool) -> str:
    """The message may be anybody's: nothing of it is repeated."""
    logger.warning("jobs: a message was refused (%s)", reason)
    if entered:
        record(Event.JOB_MESSAGE_REFUSED, detail={"reason": reason})
    return "refused"


def _relay() -> None:
    prefecture = current_prefecture()
    try:
        relay.relay_schema(prefecture.schema_name if prefecture else PUBLIC, prefecture.code if prefecture else "")
    except (psycopg.Error, SealBroken) as error:
        logger.warning("jobs: events stay in the outbox for now (%s)", type(error).__name__)
