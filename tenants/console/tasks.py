"""Console jobs that need the owner login."""

from __future__ import annotations

from accounts.permissions import Permission
from jobs.handle import JobHandle
from jobs.registry import OWNER_QUEUE, job_kind
from tenants.console import adapters, onboarding
from tenants.console.models import AdapterDraft


@job_kind("console.onboard", "団体の導入", queue=OWNER_QUEUE, permission=Permission.ONBOARD_PREFECTURE, decides=True)
def onboard(handle: JobHandle) -> None:
    """Arguments: code, and step where a single one is to be run again."""
    onboarding.run_steps(str(handle.args["code"]), handle.advance, only=str(handle.args.get("step", "")))


@job_kind("console.check_adapter", "宛名接続の接続試験", queue=OWNER_QUEUE, permission=Permission.CONFIGURE_ADAPTER)
def check_adapter(handle: JobHandle) -> None:
    """Arguments: draft."""
    draft = AdapterDraft.objects.select_related("prefecture").get(pk=handle.args["draft"])
    results = adapters.run_check(draft)
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
    adapters.put_in_force(int(handle.args["draft"]))
