"""What the scheduler starts for sample files."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from audit.trail.actors import Actor, ActorKind, acting_as
from domain.atena_trials import services
from tenants.core.context import each_live_prefecture


@shared_task(name="atena_trials.upkeep", ignore_result=True, expires=3600)
def upkeep() -> None:
    """Every day in each prefecture: sample files whose 保管期限 is over lose their bytes."""
    with acting_as(Actor(ActorKind.SYSTEM, "atena_trials.upkeep", "見本ファイルの保管", "")):
        for _ in each_live_prefecture():
            services.erase_expired(timezone.localdate())
