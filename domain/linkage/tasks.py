"""The jobs of this package."""

from __future__ import annotations

from datetime import UTC
from typing import Final

from celery import shared_task
from django.utils import timezone

from accounts.permissions import Permission
from audit.trail.actors import Actor, ActorKind, acting_as
from domain.linkage.exchange import jobs
from domain.linkage.incoming.disposing import dispose_records
from domain.linkage.starting import (
    CHANGE,
    CHECK,
    COLLECT,
    INCOMING,
    INQUIRE,
    PROVIDE,
    REGISTER,
    start_check,
    start_collection,
    start_incoming,
)
from jobs.registry import EXCHANGE_QUEUE, job_kind
from tenants.core.context import each_live_prefecture

_EXCHANGES: Final = (
    (REGISTER, "統合宛名への登録", jobs.register),
    (INQUIRE, "情報照会", jobs.inquire),
    (PROVIDE, "副本登録", jobs.provide),
    (CHANGE, "異動・廃止の送信", jobs.change),
    (CHECK, "符号の取得の確認", jobs.check),
    (INCOMING, "保留の照会の受領と回答", jobs.answer_incoming),
    (COLLECT, "照会結果の回収", jobs.collect),
)
for _kind, _title, _run in _EXCHANGES:
    job_kind(_kind, _title, queue=EXCHANGE_QUEUE, permission=Permission.RUN_LINKAGE)(_run)


@shared_task(name="linkage.collect_open", ignore_result=True, expires=1800)
def collect_open() -> None:
    """Every hour in each prefecture where something may have come in: answers do not wait for the next run of a person."""
    for _ in each_live_prefecture():
        if jobs.awaited().exists():
            start_collection()
        if jobs.fetches_lists():
            start_incoming()


@shared_task(name="linkage.check_waiting", ignore_result=True, expires=1800)
def check_waiting() -> None:
    """Every hour in each prefecture where somebody waits for the 符号: it comes past us, and nobody tells us."""
    for _ in each_live_prefecture():
        if jobs.checks_by_itself():
            start_check()


@shared_task(name="linkage.dispose_records", ignore_result=True, expires=3600)
def dispose_of_records() -> None:
    """Every night in each prefecture: 情報提供等記録 past their term. The day is the database's (UTC), whose trigger keeps the others."""
    with acting_as(Actor(ActorKind.SYSTEM, "linkage.dispose_records", "情報提供等記録の保存", "")):
        for _ in each_live_prefecture():
            dispose_records(timezone.now().astimezone(UTC).date())
