"""Celery entry points of the trail; beat calls them."""

from celery import shared_task

from audit.trail import relay, setup
from audit.trail.sealing.sealer import seal_all


@shared_task(name="trail.relay", ignore_result=True, expires=10)
def relay_outboxes() -> int:
    """Every two seconds: move what waits in the outboxes."""
    return relay.relay_all()


@shared_task(name="trail.extend", ignore_result=True)
def extend() -> int:
    """Daily, on the owner's queue: months of partitions ahead of time. Returns how many months were added."""
    return setup.extend_partitions()


@shared_task(name="trail.seal", ignore_result=True, expires=10)
def seal() -> int:
    """Every four seconds: seal what is new, so that with the relay's two seconds nothing waits for ten."""
    return seal_all()
