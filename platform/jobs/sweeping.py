"""Finding jobs nobody works on and waking a worker for each: what makes a lost message or a killed worker harmless."""

import logging

from django.db import Error

from jobs import leases, messages, turns
from jobs.models import Job
from tenants.core.context import console_context, each_live_prefecture, scope

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200


def sweep_all() -> int:
    """Sweep every live prefecture and the console. One that fails is logged and does not hold up the others."""
    sent = sum(_sweep_guarded() for _ in each_live_prefecture())
    with console_context():
        return sent + _sweep_guarded()


def sweep() -> int:
    """Wake a worker for the free jobs of the current scope whose turn it is. Returns how many messages went out."""
    queues = Job.objects.filter(leases.free()).order_by().values_list("queue", flat=True).distinct()
    return sum(wake_next(queue) for queue in queues)


def wake_next(queue: str) -> int:
    """The same for one queue: the oldest free jobs, as many as the scope's share leaves room for."""
    free = Job.objects.filter(leases.free(), queue=queue).order_by("created_at", "id")
    turn = turns.next_of(list(free[:MOST_AT_ONCE]), turns.running_on(queue), turns.share_of(queue))
    return sum(messages.wake(job) for job in turn)


def _sweep_guarded() -> int:
    try:
        return sweep()
    except Error as error:
        logger.error("jobs: sweep of %s failed (%s)", scope(), type(error).__name__)
        return 0
