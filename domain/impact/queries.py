"""Reading results."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict

from domain.impact.models import ImpactMover, ImpactPayment, ImpactRun, ReplayFinding, ReplayNight
from domain.rules.impact import Direction, Place

SHOWN_NIGHTS = 30


@dataclass(frozen=True, slots=True)
class Criteria:
    """Filters of the movers' list, as the address gives them; what is not known is no filter."""

    direction: str = ""
    school: str = ""
    before: str = ""
    after: str = ""

    @classmethod
    def read(cls, asked: QueryDict) -> Criteria:
        places = {place.value for place in Place}
        direction, school = asked.get("direction", ""), asked.get("school", "")
        before, after = asked.get("before", ""), asked.get("after", "")
        return cls(
            direction if direction in {each.value for each in Direction} else "",
            school if len(school) <= 20 else "",
            before if before in places else "",
            after if after in places else "",
        )

    @property
    def used(self) -> list[str]:
        """Which filters are set; never their values."""
        return [name for name in ("direction", "school", "before", "after") if getattr(self, name)]


def movers_of(run: ImpactRun, criteria: Criteria | None = None) -> QuerySet[ImpactMover]:
    """Households of a run that move, in the order of their numbers."""
    rows = run.movers.select_related("statement__household").order_by("statement__household__number", "pk")
    if criteria is None:
        return rows
    asked = {"direction": criteria.direction, "before": criteria.before, "after": criteria.after}
    asked["school_code"] = criteria.school
    return rows.filter(**{name: value for name, value in asked.items() if value})


def payments_of(run: ImpactRun, school: str = "") -> QuerySet[ImpactPayment]:
    """Payments of a run that change, by pupil, year and item."""
    rows = run.payments.select_related("pupil__member", "round").order_by("pupil__student_number", "fiscal_year", "pk")
    return rows.filter(school_code=school) if school else rows


def nights() -> list[ReplayNight]:
    """The newest nights."""
    return list(ReplayNight.objects.all()[:SHOWN_NIGHTS])


def findings_of(night: ReplayNight) -> QuerySet[ReplayFinding]:
    """What a night found, with what it belongs to."""
    return night.findings.select_related("computation__statement__household", "payment__pupil", "payment__round").defer(
        "computation__receipt_text", "payment__receipt"
    )
