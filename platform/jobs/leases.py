"""Who may work on a job: the one whose token stands in the row, until the lease runs out. The database's clock decides."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from jobs.models import Job
from jobs.states import State
from jobs.transitions import note_change


def free() -> Q:
    """Jobs nobody works on: waiting and due, or running under a lease that ran out."""
    return Q(state=State.QUEUED, ready_at__lte=Now()) | Q(state=State.RUNNING, lease_until__lt=Now())


def lease_time() -> timedelta:
    """How long a worker may be silent before another one may take its job."""
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def take(job_id: UUID, room: Callable[[str], bool] = lambda queue: True) -> Job | None:
    """Take the lease of a free job, with a new token. None when it is not free, or its queue has no room for its scope.

    One conditional UPDATE decides between workers that try at the same moment.
    """
    token = uuid4()
    with transaction.atomic():
        before, queue = Job.objects.filter(pk=job_id).values_list("state", "queue").first() or (None, "")
        if before is None or not room(queue):
            return None
        taken = Job.objects.filter(free(), pk=job_id).update(
            state=State.RUNNING,
            lease_token=token,
            lease_until=Now() + lease_time(),
            attempts=F("attempts") + 1,
            wakes=0,
            next_wake_at=Now(),
            started_at=Coalesce("started_at", Now()),
        )
        if not taken:
            return None
        job = Job.objects.get(pk=job_id)
        note_change(job, State(before), State.RUNNING)
    return job


def held(job_id: UUID, token: UUID) -> QuerySet[Job]:
    """The job's row, as long as it is held under this token.

    A lease that ran out but was taken by nobody is still held: nothing was done twice, and renewing it is harmless.
    """
    return Job.objects.filter(pk=job_id, state=State.RUNNING, lease_token=token)
