"""The jobs of this package."""

from __future__ import annotations

from accounts.permissions import Permission
from domain.linkage.exchange import jobs
from domain.linkage.starting import INQUIRE, REGISTER
from jobs.handle import JobHandle
from jobs.registry import job_kind


@job_kind(REGISTER, "統合宛名への登録", permission=Permission.RUN_LINKAGE)
def register(handle: JobHandle) -> None:
    jobs.register(handle)


@job_kind(INQUIRE, "情報照会", permission=Permission.RUN_LINKAGE)
def inquire(handle: JobHandle) -> None:
    jobs.inquire(handle)
