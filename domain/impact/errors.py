"""Refusals of this room: what, where, what to do."""

from __future__ import annotations

from typing import ClassVar


class ImpactRefused(Exception):
    """`impact.refused`: a run that cannot be made as asked."""

    identifier: ClassVar[str] = "impact.refused"


class NothingToCompare(ImpactRefused):
    """`impact.nothing-to-compare`: the choice leads to no year with a pack."""

    identifier = "impact.nothing-to-compare"

    def __init__(self) -> None:
        super().__init__("比べられる年度がありません。支給済みの支給回と、その年度の年度定義を確かめてください。")
