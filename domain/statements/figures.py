"""Which year pack a 調書 is computed with: the one the board put in force, else the one the year was computed with so far,
else the only one there can be."""

from __future__ import annotations

from dataclasses import dataclass

from domain.rules import Pack
from domain.statements.models import Computation
from domain.yearpacks.building import is_own
from domain.yearpacks.choosing import NoneToChoose, default_of
from domain.yearpacks.forcing import chosen_on
from domain.yearpacks.resolving import pack_of
from web.dates import fiscal_year_label


@dataclass(frozen=True, slots=True)
class Figures:
    """年度定義 and what is laid over it."""

    pack: str
    overlays: tuple[str, ...] = ()

    def load(self) -> Pack:
        return pack_of(self.pack, self.overlays)


class FiguresNotChosen(Exception):
    """`statements.figures-not-chosen`: no pack of the year, or more than one and none used yet."""

    identifier = "statements.figures-not-chosen"

    def __init__(self, fiscal_year: int) -> None:
        super().__init__(
            f"{fiscal_year_label(fiscal_year)}の算定に使う年度定義が決まっていません。教育委員会の担当者に、年度の定義の登録を依頼してください。"
        )


def figures_of(fiscal_year: int) -> Figures:
    """What new decisions of the year use today. Raises FiguresNotChosen."""
    try:
        chosen = chosen_on(fiscal_year)
        if chosen is not None:
            return Figures(chosen.pack, chosen.overlays)
        runs = Computation.objects.filter(statement__fiscal_year=fiscal_year).order_by("-pk")
        last = runs.first()
        overlays = tuple(last.receipt["pack"]["overlays"]) if last else ()
        if last is not None and not any(is_own(name) for name in overlays):
            return Figures(last.pack, overlays)
        chosen = default_of(fiscal_year)
    except NoneToChoose:
        raise FiguresNotChosen(fiscal_year) from None
    return Figures(chosen.pack, chosen.overlays)
