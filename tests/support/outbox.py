"""The outbox as tests look at it: each event with what it says taken apart, as if every part were a column."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from audit.trail.models import OutboxEvent

_TEXTS = (
    "event", "actor_kind", "actor_id", "actor_name", "actor_role", "terminal", "session", "allowed_by", "duty", "case_ref",
)  # fmt: skip
_STRUCTURES = ("subjects", "detail")


class _Outbox(models.Manager[Any]):
    def get_queryset(self) -> models.QuerySet[Any]:
        said = Cast("content", models.JSONField())
        parts: dict[str, models.Expression] = {name: KeyTextTransform(name, said) for name in _TEXTS}
        parts |= {name: KeyTransform(name, said) for name in _STRUCTURES}
        parts["job_id"] = Cast(KeyTextTransform("job_id", said), models.UUIDField())
        taken_apart: models.QuerySet[Any] = super().get_queryset().annotate(**parts)
        return taken_apart


outbox = _Outbox()
outbox.model = OutboxEvent
