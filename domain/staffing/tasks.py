"""Long work of this room."""

from __future__ import annotations

from accounts.permissions import Permission
from domain.staffing import services
from domain.staffing.applying import carry_out
from domain.staffing.models import TransferPlan
from jobs.handle import JobHandle
from jobs.registry import job_kind


@job_kind(services.JOB, "人事異動の反映", permission=Permission.APPROVE_ACCOUNT)
def apply(handle: JobHandle) -> None:
    """Arguments: plan (id)."""
    carry_out(handle, TransferPlan.objects.get(pk=int(handle.args["plan"]), state=TransferPlan.State.APPROVED))
