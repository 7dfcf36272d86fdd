"""Periodic work of this room."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from audit.detection.logins.learning import learn_habits
from audit.detection.nightly import compare_yesterday
from audit.detection.sweeping import ask_weeks, ask_yesterday, sweep
from audit.trail.recorder import TrailUnavailable
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
    """Each night: yesterday's accesses compared with their reasons and judged once more, then everybody's habits learnt anew.

    Raises what went wrong when all prefectures had their turn.
    """
    people, failed = 0, []
    for prefecture in each_live_prefecture():
        for work in (compare_yesterday, ask_yesterday, ask_weeks):
            try:
                work(timezone.now())
            except TrailUnavailable:
                logger.error("watch: the trail of %s could not be read", prefecture.schema_name)
            except Exception as error:
                failed.append(error)
        try:
            people += learn_habits(timezone.now())
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("watch.learn", failed)
    return people
