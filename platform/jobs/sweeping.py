"""Finding jobs nobody works on and waking a worker for each: what makes a lost message or a killed worker harmless."""

import logging

from django.db import Error
from django.db.models.functions import Now

from jobs import leases, messages
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
    """Wake a worker for each free job of the current scope, oldest first. Returns how many messages went out."""
    waiting = Job.objects.filter(leases.free(), next_wake_at__lte=Now()).order_by("created_at", "id")[:MOST_AT_ONCE]
    return sum(messages.wake(job) for job in waiting)


def _sweep_guarded() -> int:
    try:
        return sweep()
    except Error as error:
        logger.error("jobs: sweep of %s failed (%s)", scope(), type(error).__name__)
        return 0
