"""From which age 地方税関係情報 is asked: as the year pack that the prefecture has in force says, with its own rows."""

from __future__ import annotations

from django.utils import timezone

from domain.linkage.targets import base_date
from domain.linkage.yearpack import own_pack, saying
from domain.rules.yearpack.places import inquiry_age_on


def tax_from_age(fiscal_year: int) -> int:
    """Full years on the base date of the year. The pack in force today goes before the shipped one. Raises RuleMissing.

    A few queries: ask once, not for each person.
    """
    says = saying(own_pack(fiscal_year, timezone.localdate()), lambda pack: pack.inquiry_age)
    return inquiry_age_on(says, base_date(fiscal_year)).full_years
