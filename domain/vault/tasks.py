"""Job kinds of this package."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from accounts.permissions import Permission
from domain.vault.intake.run import import_numbers
from domain.vault.models import NumberDeposit
from domain.vault.services import IMPORT_NUMBERS
from jobs.handle import JobHandle
from jobs.registry import job_kind

COUNTS = {"new": "新規", "changed": "変更", "same": "同じ", "wrong": "誤り"}


def _of_schools(codes: Sequence[str]) -> Q:
    return Q(args__deposit__in=list(NumberDeposit.objects.filter(school__code__in=codes).values_list("pk", flat=True)))


@job_kind(IMPORT_NUMBERS, "個人番号の受入", permission=Permission.IMPORT_NUMBERS, within=_of_schools)
def run_import(handle: JobHandle) -> None:
    deposit = import_numbers(handle.args["deposit"], lambda done, total, step: handle.advance(done, total, step=step))
    for name, label in COUNTS.items():
        handle.set_count(label, deposit.counts.get(name, 0))
