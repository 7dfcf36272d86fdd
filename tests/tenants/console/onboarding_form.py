"""What the tests of onboarding share: a good request, its job, and running it."""

from __future__ import annotations

from typing import Any

GOOD = {"code": "340006", "name": "サンプル広島県", "slug": "hiroshima", "working_year": "2025", "sample": "on"}
GOOD |= {"manager_username": "hiro-0001", "manager_name": "サンプル 広子"}


def started(code: str) -> Any:
    from jobs.models import Job

    return Job.objects.filter(kind="console.onboard", args__code=code)


def run(code: str) -> str:
    from jobs.running import run_job

    return str(run_job(started(code).first().pk))
