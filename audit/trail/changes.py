"""Who made a change of master data (django-auditlog's before and after): the trail's actor, wherever the code runs.

django-auditlog knows the person of a request only. Here the entry is given the actor of the moment instead, so that a job or a
command names whoever acts through it. An operator whose job works inside a prefecture has no account there and is named by
``additional_data`` alone. The address a client sends about itself is never kept.
"""

from typing import Any

from auditlog.models import LogEntry
from django.db.models.signals import pre_save

from audit.trail.actors import ActorKind, current_actor, current_job, is_at_home

_PEOPLE = (ActorKind.PERSON, ActorKind.JOB)


def name_actors() -> None:
    """From now on every entry names its actor. Called when the application starts."""
    pre_save.connect(_name_actor, sender=LogEntry, dispatch_uid="audit.trail.changes")


def _name_actor(instance: LogEntry, **_: Any) -> None:
    actor, job = current_actor(), current_job()
    if actor.kind in _PEOPLE and actor.id.isdecimal() and is_at_home():
        instance.actor_id = int(actor.id)
    instance.remote_addr = None
    instance.additional_data = {
        **(instance.additional_data or {}),
        "actor": actor.name,
        "kind": actor.kind.value,
        "job": str(job) if job else "",
    }
