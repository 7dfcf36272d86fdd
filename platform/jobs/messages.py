"""The message that wakes a worker: scope, job id, signature. It carries no work; the row does.

The signature also covers the queue: a message moved to another queue is refused there, before anything of its scope runs.
"""

import logging
from datetime import timedelta
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from jobs import registry
from jobs.errors import UnknownKind
from jobs.models import Job
from jobs.states import LIVE
from tenants.core import keys
from tenants.core.context import scope
from tenants.core.credentials import OWNER

logger = logging.getLogger(__name__)

WAKE_TASK = "jobs.wake"
PURPOSE = "jobs"
LONGEST_SILENCE_SWEEPS = 6
BROKER_SECONDS = 2


def wake(job: Job) -> bool:
    """Send the message for a live job of this scope, unless one was sent moments ago. False when none went out.

    A dead broker is no error: the sweeper sends again.
    """
    if not _claim(job):
        return False
    try:
        _send(job)
    except (OperationalError, OSError) as error:
        logger.warning(
            "job %s (%s): no message sent, the broker does not answer (%s)", job.pk, job.kind, type(error).__name__
        )
        return False
    return True


def signature_of(scope_name: str, job_id: UUID, queue: str) -> str:
    """Signature of a message, in the key of the current scope."""
    return keys.sign(PURPOSE, _signed(scope_name, job_id, queue))


def signed_queue(scope_name: str, job_id: UUID, signature: str) -> str | None:
    """The queue of this process for which the current scope itself signed this message; None: it did not."""
    genuine = (q for q in served_queues() if keys.verify(PURPOSE, _signed(scope_name, job_id, q), signature))
    return next(genuine, None)


def served_queues() -> tuple[str, ...]:
    """The queues whose jobs this process may do. The owner login does the owner's jobs alone, and nobody else does them."""
    if settings.DATABASE_LOGIN == OWNER:
        return (registry.OWNER_QUEUE,)
    return registry.WORK_QUEUE, registry.EXCHANGE_QUEUE


def queue_of(job: Job) -> str:
    """Where a job belongs: as its kind says today."""
    try:
        return registry.kind_named(job.kind).queue
    except UnknownKind:
        return job.queue


def _signed(scope_name: str, job_id: UUID, queue: str) -> bytes:
    return f"{scope_name}|{job_id}|{queue}".encode()


def _claim(job: Job) -> bool:
    """At most one message per job and interval; the interval doubles while nobody comes, up to six sweeps."""
    sweeps = min(2**job.wakes, LONGEST_SILENCE_SWEEPS)
    due = Job.objects.filter(pk=job.pk, state__in=LIVE, next_wake_at__lte=Now())
    silence = timedelta(seconds=settings.JOB_SWEEP_SECONDS * sweeps)
    return bool(due.update(next_wake_at=Now() + silence, wakes=F("wakes") + 1))


def _send(job: Job) -> None:
    queue = queue_of(job)
    # The library would enter the prefecture named in this header before our task can check the signature.
    headers = {"_schema_name": "public"}
    arguments = [scope(), str(job.pk), signature_of(scope(), job.pk, queue)]
    with current_app.connection_for_write() as broker:
        # Left alone, the library would try a dead broker for six seconds while somebody waits for a page.
        broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=BROKER_SECONDS)
        current_app.send_task(
            WAKE_TASK, args=arguments, queue=queue, headers=headers, connection=broker, retry=False, ignore_result=True
        )
