"""Starting the console's jobs from a page: a second press while one is at work leads to that one."""

from __future__ import annotations

from jobs import services as jobs
from jobs.models import Job
from jobs.states import LIVE
from tenants.console.adapters import start_check
from tenants.console.models import AdapterDraft
from tenants.core.models import Prefecture

ONBOARD = "console.onboard"
CHECK = "console.check_adapter"
ACTIVATE = "console.activate_adapter"


def start_onboarding(prefecture: Prefecture, step: str = "") -> Job:
    """All steps, or one of them again."""
    earlier = Job.objects.filter(kind=ONBOARD, args__code=prefecture.code)
    live = earlier.filter(state__in=LIVE).first()
    if live is not None:
        return live
    args = {"code": prefecture.code, "step": step} if step else {"code": prefecture.code}
    # Two presses at the same moment count the same runs, so they share a key and one of them makes the job.
    key = f"{ONBOARD}:{prefecture.code}:{earlier.count()}"
    return jobs.start(ONBOARD, args, key=key, title=f"{prefecture.name}の導入")


def newest_onboarding(prefecture: Prefecture) -> Job | None:
    return Job.objects.filter(kind=ONBOARD, args__code=prefecture.code).first()


def start_check_once(draft: AdapterDraft) -> Job:
    """接続試験, unless one of this version is at work."""
    live = newest_job_of(draft, CHECK)
    return live if live is not None and live.is_live else start_check(draft)


def newest_job_of(draft: AdapterDraft, kind: str) -> Job | None:
    return Job.objects.filter(kind=kind, args__draft=draft.pk).first()
