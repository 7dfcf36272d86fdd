"""A job for real workers: each item is a row with a unique key and, in the same transaction, one event of the trail."""

from __future__ import annotations

import time
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from audit.trail.entries import Subject
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from jobs.handle import JobHandle
from jobs.registry import job_kind

SLOW = "tests.slow"
SECONDS_AN_ITEM = 0.05


@job_kind(SLOW, "ゆっくりした処理")
def slow(handle: JobHandle) -> None:
    """Do every item that is not yet done."""
    items, run = handle.args["items"], handle.args["run"]
    for number in range(items):
        with transaction.atomic():
            if _claim(f"{run}-{number}"):
                record(Event.IMPORT_ROW_SETTLED, subjects=[Subject("row", f"{run}-{number}")])
                time.sleep(SECONDS_AN_ITEM)
        handle.advance(number + 1, items, "行の処理")
    handle.set_count("行", Session.objects.filter(session_key__startswith=run).count())


def _claim(key: str) -> bool:
    expires = timezone.now() + timedelta(days=1)
    _, made = Session.objects.get_or_create(session_key=key, defaults={"session_data": "", "expire_date": expires})
    return made
