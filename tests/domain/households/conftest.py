"""Rosters taken in the way a clerk and a worker take them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from domain.households.models import RosterImport, School
from tests.domain.households.roster import books

CLERK = "見本 事務"

TakeIn = Callable[..., RosterImport]


@pytest.fixture
def clerk_acts() -> Iterator[None]:
    from audit.trail.actors import Actor, ActorKind, acting_as

    with acting_as(Actor(ActorKind.PERSON, "999999", CLERK, "学校事務担当")):
        yield


@pytest.fixture
def school(in_a: Any) -> School:
    from domain.households.services import ensure_school

    return ensure_school("S29001", "サンプル第一支援学校")


@pytest.fixture
def other_school(in_a: Any) -> School:
    from domain.households.services import ensure_school

    return ensure_school("S29002", "サンプル第二支援学校")


def work_off(roster: RosterImport) -> RosterImport:
    """Take in what was looked at, and do the waiting job, as a worker does."""
    from domain.households.services import take_roster
    from jobs.models import Job
    from jobs.running import run_job

    take_roster(roster)
    roster.refresh_from_db()
    job = Job.objects.get(key=f"households.import_roster:{roster.pk}:{roster.run}")
    run_job(job.pk)
    roster.refresh_from_db()
    return roster


@pytest.fixture
def take_in(school: School, clerk_acts: None) -> TakeIn:
    """Receive a workbook and do its job; by default the small good roster of `books`."""

    def run(data: bytes | None = None, at: School = school, **rows: Any) -> RosterImport:
        from domain.households.services import receive_roster

        roster = receive_roster(at, "名簿.xlsx", data or books.roster(**rows), 2025)
        return work_off(roster) if roster.state in ("looked", "waiting") else roster

    return run
