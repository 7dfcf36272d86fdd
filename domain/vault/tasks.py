"""Job kinds of this package."""

from __future__ import annotations

from collections.abc import Sequence

from celery import shared_task
from django.db.models import Q

from accounts.permissions import Permission
from audit.trail.actors import Actor, ActorKind, acting_as
from domain.vault import disposal, rotation, transit
from domain.vault.intake.run import import_numbers
from domain.vault.models import NumberDeposit
from domain.vault.restoring import replay_tombstones
from domain.vault.services import IMPORT_NUMBERS
from jobs.handle import JobHandle
from jobs.registry import job_kind
from tenants.core.context import each_live_prefecture

COUNTS = {"new": "新規", "changed": "変更", "same": "同じ", "wrong": "誤り"}


def _of_schools(codes: Sequence[str]) -> Q:
    return Q(args__deposit__in=list(NumberDeposit.objects.filter(school__code__in=codes).values_list("pk", flat=True)))


@job_kind(IMPORT_NUMBERS, "個人番号の受入", permission=Permission.IMPORT_NUMBERS, within=_of_schools)
def run_import(handle: JobHandle) -> None:
    deposit = import_numbers(handle.args["deposit"], lambda done, total, step: handle.advance(done, total, step=step))
    for name, label in COUNTS.items():
        handle.set_count(label, deposit.counts.get(name, 0))


@job_kind(rotation.JOB, "番号の鍵の更新", permission=Permission.APPROVE_VAULT)
def rotate_key(handle: JobHandle) -> None:
    """Arguments: rotation (id)."""
    rotation.carry_out(handle, int(handle.args["rotation"]))


@job_kind(disposal.JOB, "番号の廃棄", permission=Permission.APPROVE_VAULT)
def purge(handle: JobHandle) -> None:
    """Arguments: run (id of the approved disposal)."""
    disposal.carry_out(handle, str(handle.args["run"]))


def replay() -> None:
    """When a worker starts: in each prefecture, what a restore brought back goes."""
    with acting_as(Actor(ActorKind.SYSTEM, "vault.upkeep", "番号の保管", "")):
        for _ in each_live_prefecture():
            replay_tombstones()


@shared_task(name="vault.upkeep", ignore_result=True, expires=3600)
def upkeep() -> None:
    """Every hour in each prefecture: numbers in transit whose time is over go, and so does what a restore brought back."""
    with acting_as(Actor(ActorKind.SYSTEM, "vault.upkeep", "番号の保管", "")):
        for _ in each_live_prefecture():
            replay_tombstones()
            transit.sweep()
