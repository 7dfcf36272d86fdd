"""From which age 地方税関係情報 is asked: as the year pack that the prefecture has in force says, with its own rows."""

from __future__ import annotations

from collections.abc import Callable

from domain.linkage.targets import base_date
from domain.rules import Pack, load_pack
from domain.rules.yearpack.places import inquiry_age_on

LAW = "R07-former-standard"
"""The shipped pack that cites the law. Its rows hold by day, so that it answers for every year whose pack says nothing else."""

PackOfYear = Callable[[int], Pack | None]
"""The pack in force for a fiscal year in this prefecture; None where there is none to choose."""

_of_year: list[PackOfYear] = []


def register_packs(find: PackOfYear) -> None:
    """Who keeps the prefecture's year packs says so at the start (this room knows none of them)."""
    _of_year[:] = [find]


def tax_from_age(fiscal_year: int) -> int:
    """Full years on the base date of the year. The pack in force goes before the shipped one. Raises RuleMissing.

    A few queries: ask once, not for each person.
    """
    own = next((pack for find in _of_year if (pack := find(fiscal_year)) is not None), None)
    says = own if own is not None and own.inquiry_age else load_pack(LAW)
    return inquiry_age_on(says, base_date(fiscal_year)).full_years
