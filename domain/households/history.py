"""Before and after of master data in words for people (django-auditlog). Not the trail: it misses what is written in bulk."""

from __future__ import annotations

from auditlog.registry import auditlog

from domain.households.models import Household, IncomeCertificate, Member, Pupil, School, StatusPeriod

_STAMPS = ["updated_at", "recorded_at"]


def register_models() -> None:
    for model in (School, Household, Member, IncomeCertificate, Pupil, StatusPeriod):
        names = {field.name for field in model._meta.get_fields()}
        auditlog.register(model, exclude_fields=[name for name in _STAMPS if name in names])
