"""Celery entry points of the trail; beat calls them."""

from celery import shared_task

from audit.trail import relay, retention, setup
from audit.trail.recorder import TrailUnavailable
from audit.trail.sealing import handing
from audit.trail.sealing.sealer import seal_all
from audit.trail.witness.comparison import compare, forget_old
from tenants.core.context import each_live_prefecture


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


@shared_task(name="trail.compare", ignore_result=True)
def compare_writes() -> int:
    """Each night: writes against events, prefecture by prefecture. Returns in how many they differ.

    Raises what went wrong when all had their turn: a night that one prefecture breaks is the night of all others.
    """
    differing, failed = 0, []
    for _ in each_live_prefecture():
        try:
            differing += compare().differs
            forget_old()
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("trail.compare", failed)
    return differing


@shared_task(name="trail.hand_out", ignore_result=True, expires=50)
def hand_out() -> int:
    """Each minute: the newest head where an hour has passed, and events to who wants them. Returns how many heads.

    Raises what went wrong when all prefectures had their turn.
    """
    handed, failed = 0, []
    for _ in each_live_prefecture():
        try:
            handed += hand_out_one()
        except TrailUnavailable:
            continue  # logged where it happened; the next minute comes
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("trail.hand_out", failed)
    return handed


def hand_out_one() -> bool:
    """Of the prefecture whose turn it is: whether a head was handed out. Raises TrailUnavailable."""
    handed = handing.hand_out() is not None
    handing.send_events()
    return handed


@shared_task(name="trail.dispose", ignore_result=True)
def dispose() -> int:
    """Daily: months older than seven years, recorded and sealed first. Returns how many events went."""
    return retention.dispose()
