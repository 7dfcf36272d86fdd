"""廃止: who is no longer dealt with, and since when.

Nobody leaves before the year's end: what was recorded of a person is needed for the year (基準日, 決定, 支給). From the next working
year on, a member is no longer needed who left the household on or before its base date, or whose household has no pupil any more.
A household that never had a pupil is one whose roster is not complete yet; it is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from domain.households.models import Member, Pupil, shares_livelihood
from domain.linkage.targets import base_date
from tenants.core.context import require_prefecture


def no_longer_needed() -> dict[int, date]:
    """Members of the working year by id, each with the day from which the registration is withdrawn."""
    year = require_prefecture().working_year
    ended = _households_ended(year)
    day = base_date(year)
    gone: dict[int, date] = {}
    for pk, household, joined_on, left_on in Member.objects.values_list("pk", "household_id", "joined_on", "left_on"):
        if household in ended:
            gone[pk] = ended[household]
        elif left_on is not None and not shares_livelihood(joined_on, left_on, day):
            gone[pk] = left_on
    return gone


def _households_ended(fiscal_year: int) -> Mapping[int, date]:
    """Households all of whose pupils left before the year: the day on which the last one left."""
    begins = date(fiscal_year, 4, 1)
    last: dict[int, date] = {}
    staying: set[int] = set()
    for household, left_on in Pupil.objects.values_list("member__household_id", "left_on"):
        if left_on is None or left_on >= begins:
            staying.add(household)
        else:
            last[household] = max(left_on, last.get(household, left_on))
    return {household: day for household, day in last.items() if household not in staying}
