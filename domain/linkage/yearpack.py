"""What the link reads of year packs: the pack that the prefecture has in force goes before the shipped one that cites the law."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from domain.rules import Pack, load_pack

LAW = "R07-former-standard"
"""The shipped pack that cites the law. Its rows hold by day, so that it answers for every year whose pack says nothing else."""

PackInForce = Callable[[int, date], Pack | None]
"""The pack that counts on a day for a fiscal year in this prefecture; None where there is none to choose."""

_in_force: list[PackInForce] = []


def register_packs(find: PackInForce) -> None:
    """Who keeps the prefecture's year packs says so at the start (this room knows none of them)."""
    _in_force[:] = [find]


def own_pack(fiscal_year: int, day: date) -> Pack | None:
    """The pack in force for the year on a day, overlays and the prefecture's own revision included. A few queries."""
    return next((pack for find in _in_force if (pack := find(fiscal_year, day)) is not None), None)


def saying(own: Pack | None, says: Callable[[Pack], object]) -> Pack:
    """`own` where it has rows of the kind that is asked for, else the shipped pack."""
    return own if own is not None and says(own) else load_pack(LAW)
