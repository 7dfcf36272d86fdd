"""What is registered already of the people of a roster, read in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from domain.households.models import Household, IncomeCertificate, Member, Pupil, RosterImport, StatusPeriod
from domain.households.roster.rows import RosterReading

FIRST_MONTH = 4


@dataclass(slots=True)
class Stored:
    """Households by number, members by (household number, key), pupils of this school by 学籍番号, periods of the year."""

    households: dict[str, Household]
    members: dict[tuple[str, str], Member]
    certificates: dict[int, IncomeCertificate]
    pupils: dict[str, Pupil]
    periods: dict[int, list[StatusPeriod]]

    def members_of(self, number: str) -> list[Member]:
        return [member for (household, _), member in self.members.items() if household == number]


def load(roster: RosterImport, reading: RosterReading) -> Stored:
    numbers = [row.household_number for row in reading.households]
    households = Household.objects.filter(number__in=numbers).select_related("maintained_by")
    members = list(Member.objects.filter(household__number__in=numbers).select_related("household"))
    certificates = IncomeCertificate.objects.filter(
        member__household__number__in=numbers, fiscal_year=roster.fiscal_year
    )
    pupils = list(Pupil.objects.filter(school=roster.school).select_related("member__household"))
    return Stored(
        households={household.number: household for household in households},
        members={(member.household.number, member.key): member for member in members},
        certificates={certificate.member_id: certificate for certificate in certificates},
        pupils={pupil.student_number: pupil for pupil in pupils},
        periods=_periods(pupils, roster.fiscal_year),
    )


def year_start(fiscal_year: int) -> date:
    return date(fiscal_year, FIRST_MONTH, 1)


def _periods(pupils: Iterable[Pupil], fiscal_year: int) -> dict[int, list[StatusPeriod]]:
    within = Q(starts_on__gte=year_start(fiscal_year), starts_on__lt=year_start(fiscal_year + 1))
    periods: dict[int, list[StatusPeriod]] = defaultdict(list)
    for period in StatusPeriod.objects.filter(within, pupil__in=list(pupils)).order_by("starts_on"):
        periods[period.pupil_id].append(period)
    return periods
