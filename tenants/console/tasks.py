"""Console jobs that need the owner login."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.permissions import Permission
from audit.trail.actors import Actor, ActorKind, acting_as
from jobs.handle import JobHandle
from jobs.registry import OWNER_QUEUE, job_kind
from tenants.console import activation, adapters, logins, onboarding, samples
from tenants.console.models import AdapterDraft
from tenants.core.context import console_context


@job_kind("console.onboard", "団体の導入", queue=OWNER_QUEUE, permission=Permission.ONBOARD_PREFECTURE, decides=True)
def onboard(handle: JobHandle) -> None:
    """Arguments: code, and step where a single one is to be run again."""
    onboarding.run_steps(str(handle.args["code"]), handle.advance, only=str(handle.args.get("step", "")))


@job_kind("console.check_adapter", "宛名接続の接続試験", queue=OWNER_QUEUE, permission=Permission.CONFIGURE_ADAPTER)
def check_adapter(handle: JobHandle) -> None:
    """Arguments: draft."""
    draft = AdapterDraft.objects.select_related("prefecture").get(pk=handle.args["draft"])
    results = adapters.run_check(draft, samples.exchange(draft))
    for state in ("ok", "warning", "failed"):
        handle.set_count(state, sum(result.state == state for result in results))


@job_kind(
    "console.activate_adapter",
    "宛名接続の有効化",
    queue=OWNER_QUEUE,
    permission=Permission.ACTIVATE_ADAPTER,
    decides=True,
)
def activate_adapter(handle: JobHandle) -> None:
    """Arguments: draft."""
    activation.put_in_force(int(handle.args["draft"]))


@shared_task(name="console.mend_logins", ignore_result=True, expires=300)
def mend_logins() -> int:
    """Every five minutes, on the owner's queue: what a database login changed of itself. Returns how many were set back."""
    return logins.mend()


@shared_task(name="console.start_due", ignore_result=True, expires=300)
def start_due() -> None:
    """Adapter versions whose 適用開始日 has come; asked for by the second person when the day was set."""
    with console_context(), acting_as(Actor(ActorKind.SYSTEM, "schedule", "適用開始日", "")):
        activation.start_due(timezone.localdate())
