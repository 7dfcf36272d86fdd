"""Starting the jobs: pressing twice starts once, and there is always a next time."""

from __future__ import annotations

from collections.abc import Mapping

from audit.trail.entries import JSON
from jobs.models import Job
from jobs.services import hasten, start

REGISTER = "linkage.register"
INQUIRE = "linkage.inquire"
PROVIDE = "linkage.provide"
INCOMING = "linkage.incoming"
COLLECT = "linkage.collect"
CHANGE = "linkage.change"
CHECK = "linkage.check"


def start_registration(operator: Mapping[str, str] | None = None) -> Job:
    """登録する. `operator`: 職員番号 `staff_number`, 組織番号 `organisation_number`, 決裁番号 `approval_number`, where asked for."""
    return _start(REGISTER, REGISTER, dict(operator or {}))


def start_change(operator: Mapping[str, str] | None = None) -> Job:
    """異動・廃止を送る."""
    return _start(CHANGE, CHANGE, dict(operator or {}))


def start_check(operator: Mapping[str, str] | None = None) -> Job:
    """符号の取得を確かめる."""
    return _start(CHECK, CHECK, dict(operator or {}))


def start_inquiry(fiscal_year: int, operator: Mapping[str, str] | None = None) -> Job:
    """照会する, of the lines that `plan_inquiries` froze."""
    return _start(INQUIRE, f"{INQUIRE}:{fiscal_year}", {"fiscal_year": fiscal_year, **(operator or {})})


def start_provision(operator: Mapping[str, str] | None = None) -> Job:
    """副本を送る, of the lines of approved lists."""
    return _start(PROVIDE, PROVIDE, dict(operator or {}))


def start_incoming(operator: Mapping[str, str] | None = None) -> Job:
    """保留の照会と記録を受け取り、決めた回答を送る."""
    return _start(INCOMING, INCOMING, dict(operator or {}))


def start_collection() -> Job | None:
    """Look for what came in. None while a run that does so anyway is under way."""
    live = Job.objects.filter(
        kind__in=[REGISTER, INQUIRE, PROVIDE, CHANGE, CHECK], state__in=[Job.State.QUEUED, Job.State.RUNNING]
    )
    return None if live.exists() else _start(COLLECT, COLLECT, {})


def latest_job(kind: str) -> Job | None:
    return Job.objects.filter(kind=kind).first()


def _start(kind: str, name: str, arguments: Mapping[str, JSON]) -> Job:
    """The key counts the runs that ended well: while one is live a second press finds it, afterwards a new one begins.

    One that is away until an answer comes looks at once.
    """
    finished = Job.objects.filter(key__startswith=f"{name}#", state=Job.State.SUCCEEDED).count()
    job = start(kind, arguments, key=f"{name}#{finished + 1}")
    hasten(job)
    return job
