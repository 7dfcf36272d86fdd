"""Periodic work of this room."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from audit.detection import nights
from audit.detection.logins.learning import learn_habits
from audit.detection.sweeping import sweep
from audit.trail.recorder import TrailUnavailable
from audit.trail.witness import comparison
from tenants.core.context import each_live_prefecture

logger = logging.getLogger(__name__)


@shared_task(name="watch.sweep", ignore_result=True, expires=25)
def sweep_trail() -> int:
    """Every 30 seconds, so that with the relay's two an alert stands within a minute of its act.

    Raises what went wrong when all prefectures had their turn: what one login wrote does not blind the watch of the others.
    """
    told, failed = 0, []
    for prefecture in each_live_prefecture():
        try:
            told += sweep(timezone.now())
        except TrailUnavailable:
            logger.error("watch: the trail of %s could not be read", prefecture.schema_name)
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("watch.sweep", failed)
    return told


@shared_task(name="watch.learn", ignore_result=True)
def learn() -> int:
    """Each night: the day before, any that no night has looked at yet, and any of which something came after its look, compared with
    their reasons and judged once more; then
    everybody's habits learnt anew. Returns how many people have some.

    Raises what went wrong when all prefectures had their turn.
    """
    return _by_turns("watch.learn", _with_late, lambda: learn_habits(timezone.now()))[1]


@shared_task(name="watch.make_up", ignore_result=True, expires=3000)
def make_up() -> int:
    """Each hour of the day: what the night left undone, because it was killed, nobody was there to do it, or the trail was away.
    Returns how many days were looked at.

    Raises what went wrong when all prefectures had their turn.
    """
    return _by_turns("watch.make_up", _catch_up_and_learn, comparison.compare_if_late)[0]


def _with_late() -> int:
    return nights.catch_up(timezone.now(), with_late=True)


def _catch_up() -> int:
    return nights.catch_up(timezone.now())


def _catch_up_and_learn() -> int:
    done = _catch_up()
    if done:
        learn_habits(timezone.now())
    return done


def _by_turns(name: str, *works: Callable[[], int]) -> list[int]:
    """Each work in each prefecture, its results added up; one that fails holds up no other. Raises ExceptionGroup."""
    sums, failed = [0] * len(works), []
    for prefecture in each_live_prefecture():
        for place, work in enumerate(works):
            try:
                sums[place] += work()
            except TrailUnavailable:
                logger.error("watch: the trail of %s could not be read", prefecture.schema_name)
            except Exception as error:
                failed.append(error)
    if failed:
        raise ExceptionGroup(name, failed)
    return sums
