"""調書受付: one 調書 for each household that has a pupil this year."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q

from audit.trail.actors import current_actor
from audit.trail.recorder import Entry, Subject, record_many
from audit.trail.vocabulary import Event
from domain.households.models import Pupil
from domain.statements.models import Statement, StatementStep


def year_starts_on(fiscal_year: int) -> datetime.date:
    return datetime.date(fiscal_year, 4, 1)


def year_ends_on(fiscal_year: int) -> datetime.date:
    return datetime.date(fiscal_year + 1, 3, 31)


@transaction.atomic
def open_statements(fiscal_year: int) -> int:
    """Open what is not open yet; returns how many were. The school of the household's first pupil handles it."""
    schools = _handling_schools(fiscal_year)
    known = set(
        Statement.objects.filter(fiscal_year=fiscal_year, household__in=schools).values_list("household_id", flat=True)
    )
    new = [
        Statement(household_id=household, fiscal_year=fiscal_year, school_id=school)
        for household, school in schools.items()
        if household not in known
    ]
    Statement.objects.bulk_create(new, ignore_conflicts=True, batch_size=2000)
    opened = list(Statement.objects.filter(fiscal_year=fiscal_year, steps=None).values_list("pk", flat=True))
    by = current_actor().name
    StatementStep.objects.bulk_create(
        [StatementStep(statement_id=pk, to_state=Statement.State.INTAKE, by=by) for pk in opened], batch_size=2000
    )
    record_many(Entry(Event.STATEMENT_RECORD_OPENED, (Subject("statement", str(pk)),)) for pk in opened)
    return len(opened)


def _handling_schools(fiscal_year: int) -> dict[int, int]:
    """Household → school of its first pupil by school code and student number, among those enrolled in the year."""
    pupils = (
        Pupil.objects.filter(enrolled_on__lte=year_ends_on(fiscal_year))
        .filter(Q(left_on=None) | Q(left_on__gt=year_starts_on(fiscal_year)))
        .order_by("member__household_id", "left_on", "school__code", "student_number")
        .values_list("member__household_id", "school_id", "left_on")
    )
    schools: dict[int, int] = {}
    stayed: dict[int, bool] = {}
    for household, school, left_on in pupils:
        stays = left_on is None
        if household not in schools or (stays and not stayed[household]):
            schools[household], stayed[household] = school, stays
    return schools
