"""Starting long work on many 調書: one job for each piece of work, found again when asked for twice."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Sequence

from audit.trail.entries import JSON
from domain.statements.figures import figures_of
from jobs import services as jobs
from jobs.models import Job
from jobs.states import ENDED

PROPOSE_PROVISIONAL, APPROVE_PROVISIONAL = "statements.propose_provisional", "statements.approve_provisional"


def start_computing(fiscal_year: int, schools: Sequence[str] | None) -> Job:
    """算定 of everything still at these schools (None: all). While one is at work a second request finds it."""
    figures = figures_of(fiscal_year)
    args: dict[str, JSON] = {
        "fiscal_year": fiscal_year,
        "pack": figures.pack,
        "overlays": list(figures.overlays),
        "schools": None if schools is None else list(schools),
    }
    whose = "all" if schools is None else _digest(schools)
    key = f"compute:{fiscal_year}:{whose}:{_times_done('statements.compute')}"
    return jobs.start("statements.compute", args, key=key)


def start_proposing(ids: Sequence[int], document_number: str, effective_from: datetime.date) -> Job:
    """決定伺い for these 調書."""
    args: dict[str, JSON] = {
        "statements": list(ids),
        "document_number": document_number,
        "effective_from": effective_from.isoformat(),
    }
    key = f"propose:{document_number}:{_digest(map(str, ids))}:{_times_done('statements.propose')}"
    return jobs.start("statements.propose", args, key=key, title=f"支弁区分の決定伺い（{document_number}）")


def start_approving(fiscal_year: int, ids: Sequence[int], document_number: str, newest: int) -> Job:
    """決定 of one document. `newest`: the last proposal in it; the same number proposed again is other work."""
    args: dict[str, JSON] = {"fiscal_year": fiscal_year, "statements": list(ids), "newest": newest}
    key = f"decide:{fiscal_year}:{document_number}:{newest}"
    return jobs.start("statements.approve", args, key=key, title=f"支弁区分の決定（{document_number}）")


def start_proposing_provisional(
    fiscal_year: int, ids: Sequence[int], document_number: str, effective_from: datetime.date
) -> Job:
    """仮決定の伺い for these 調書, by the rule for 仮区分 of the year's figures. Raises FiguresNotChosen."""
    figures = figures_of(fiscal_year)
    args: dict[str, JSON] = {
        "statements": list(ids),
        "document_number": document_number,
        "effective_from": effective_from.isoformat(),
        "pack": figures.pack,
        "overlays": list(figures.overlays),
    }
    key = f"propose-provisional:{document_number}:{_digest(map(str, ids))}:{_times_done(PROPOSE_PROVISIONAL)}"
    return jobs.start(PROPOSE_PROVISIONAL, args, key=key, title=f"仮決定の伺い（{document_number}）")


def start_approving_provisional(fiscal_year: int, ids: Sequence[int], document_number: str, newest: int) -> Job:
    """仮決定 of one document. `newest`: the last proposal in it."""
    args: dict[str, JSON] = {"statements": list(ids)}
    key = f"decide-provisional:{fiscal_year}:{document_number}:{newest}"
    return jobs.start(APPROVE_PROVISIONAL, args, key=key, title=f"仮決定（{document_number}）")


def _times_done(kind: str) -> int:
    return Job.objects.filter(kind=kind, state__in=ENDED).count()


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:24]
