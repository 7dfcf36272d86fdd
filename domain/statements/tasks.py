"""Long work on many 調書."""

from __future__ import annotations

from accounts.models import User
from domain.rules import load_pack
from domain.statements import services
from domain.statements.models import Statement
from domain.statements.states import AT_SCHOOL
from jobs.handle import JobHandle
from jobs.models import Job
from jobs.registry import job_kind

CHUNK = 400


@job_kind("statements.compute", "収入額・需要額の算定")
def compute(handle: JobHandle) -> None:
    """Arguments: fiscal_year, pack, overlays. Opens what is not open, then computes all that is still at a school."""
    fiscal_year = int(handle.args["fiscal_year"])
    pack = load_pack(str(handle.args["pack"]), overlays=tuple(handle.args.get("overlays", ())))
    services.open_statements(fiscal_year)
    waiting = Statement.objects.filter(fiscal_year=fiscal_year, state__in=AT_SCHOOL).order_by("pk")
    ids = list(waiting.values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        handle.advance(start, len(ids), "算定")
        chunk = list(Statement.objects.filter(pk__in=ids[start : start + CHUNK]))
        services.compute(chunk, pack)
    handle.advance(len(ids), len(ids))
    for category, name in ((1, "Ⅰ"), (2, "Ⅱ"), (3, "Ⅲ")):
        computed = Statement.objects.filter(fiscal_year=fiscal_year, state=Statement.State.COMPUTED)
        handle.set_count(f"区分{name}", computed.filter(computations__category=category).distinct().count())


@job_kind("statements.approve", "支弁区分の決定")
def approve(handle: JobHandle) -> None:
    """Arguments: fiscal_year. Decides what is proposed, as the person who asked for the job."""
    fiscal_year = int(handle.args["fiscal_year"])
    approver = User.objects.get(pk=int(Job.objects.get(pk=handle.job_id).created_by))
    proposed = Statement.objects.filter(fiscal_year=fiscal_year, state=Statement.State.PROPOSED)
    ids = list(proposed.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        handle.advance(start, len(ids), "決定")
        services.approve(ids[start : start + CHUNK], approver)
    handle.advance(len(ids), len(ids))
    handle.set_count("決定", Statement.objects.filter(fiscal_year=fiscal_year, state=Statement.State.DECIDED).count())
