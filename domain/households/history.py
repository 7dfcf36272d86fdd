"""Before and after of master data in words for people (django-auditlog). Not the trail: it misses what is written in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from auditlog.context import set_actor
from auditlog.registry import auditlog

from accounts.models import User
from audit.trail.actors import current_actor
from domain.households.models import Household, IncomeCertificate, Member, Pupil, School, StatusPeriod

_STAMPS = ["updated_at", "recorded_at"]


def register_models() -> None:
    for model in (School, Household, Member, IncomeCertificate, Pupil, StatusPeriod):
        names = {field.name for field in model._meta.get_fields()}
        auditlog.register(model, exclude_fields=[name for name in _STAMPS if name in names])


@contextmanager
def by_who_acts() -> Iterator[None]:
    """What is saved within is logged as changed by the person who acts: the next roster says whose value it would replace."""
    who = current_actor().id
    with set_actor(User.objects.filter(pk=int(who)).first() if who.isdigit() else None):
        yield
