"""Acts on schools: each one transaction with its trail event. A school is closed, never deleted: its records stay."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Q

from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Pupil, School
from domain.households.schools.reading import SchoolFacts
from web.dates import to_wareki

NEW, CHANGED, SAME = "new", "changed", "same"


class SchoolRefused(ValueError):
    """`households.school-refused`: why the school cannot be registered, changed or closed so. `field`: of the form, or ""."""

    identifier = "households.school-refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def register(facts: SchoolFacts) -> School:
    """A school that is not there yet. Raises SchoolRefused."""
    _check(facts)
    try:
        with transaction.atomic():
            school = School.objects.create(
                code=facts.code,
                name=facts.name,
                departments=list(facts.departments),
                opened_on=facts.opened_on,
                closed_on=facts.closed_on,
            )
            _record(Event.HOUSEHOLD_SCHOOL_REGISTERED, school)
    except IntegrityError:
        raise SchoolRefused(
            f"学校コード {facts.code} は登録されています。一覧からその学校を開いて直してください。", "code"
        ) from None
    return school


@transaction.atomic
def change(school: School, facts: SchoolFacts) -> School:
    """Name, departments and days; the code stays. Raises SchoolRefused."""
    school = School.objects.select_for_update().get(pk=school.pk)
    _check(facts)
    if act_of(facts, school) == SAME:
        return school
    if facts.closed_on is not None:
        _require_empty(school, facts.closed_on)
    closing = facts.closed_on != school.closed_on
    before = {"name": school.name, "closed_on": _iso(school.closed_on)}
    school.name, school.departments = facts.name, list(facts.departments)
    school.opened_on, school.closed_on = facts.opened_on, facts.closed_on
    school.save()
    event = Event.HOUSEHOLD_SCHOOL_CLOSED if closing and facts.closed_on else Event.HOUSEHOLD_SCHOOL_CHANGED
    after = {"name": school.name, "closed_on": _iso(school.closed_on)}
    record(event, subjects=[Subject("school", str(school.pk))], detail={"before": before, "after": after})
    return school


@transaction.atomic
def take_in(rows: Iterable[SchoolFacts]) -> Counter[str]:
    """A list: new schools, and others brought up to date. All of it or nothing. Raises SchoolRefused."""
    done: Counter[str] = Counter()
    for facts in rows:
        known = School.objects.filter(code=facts.code).first()
        done[act_of(facts, known)] += 1
        if known is None:
            register(facts)
        else:
            change(known, facts)
    return done


def act_of(facts: SchoolFacts, known: School | None) -> str:
    """What taking these facts in would do."""
    if known is None:
        return NEW
    return SAME if facts_of(known) == facts else CHANGED


def facts_of(school: School) -> SchoolFacts:
    return SchoolFacts(school.code, school.name, tuple(school.departments), school.opened_on, school.closed_on)


def _check(facts: SchoolFacts) -> None:
    if facts.opened_on and facts.closed_on and facts.closed_on < facts.opened_on:
        raise SchoolRefused(f"{facts.name}の終了日が開始日より前です。", "closed_on")


def _require_empty(school: School, last_day: datetime.date) -> None:
    """Nobody may attend after the last day."""
    staying = Pupil.objects.filter(Q(left_on=None) | Q(left_on__gt=last_day), school=school).count()
    if staying:
        raise SchoolRefused(
            f"{school.name}には、終了日（{to_wareki(last_day)}）の後も在籍する児童生徒が{staying:,}人います。"
            "先に世帯の画面で転出を記録してください。",
            "closed_on",
        )


def _iso(day: datetime.date | None) -> str:
    return day.isoformat() if day else ""


def _record(event: Event, school: School) -> None:
    record(event, subjects=[Subject("school", str(school.pk))], detail={"code": school.code, "name": school.name})
