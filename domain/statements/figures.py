"""Which year pack a 調書 is computed with: the one the year was computed with so far, else the only one there can be."""

from __future__ import annotations

from dataclasses import dataclass

from domain.rules import Pack, available_packs, load_pack
from domain.statements.models import Computation
from tenants.core.context import require_prefecture


@dataclass(frozen=True, slots=True)
class Figures:
    """規則集 and what is laid over it."""

    pack: str
    overlays: tuple[str, ...] = ()

    def load(self) -> Pack:
        return load_pack(self.pack, overlays=self.overlays)


class FiguresNotChosen(Exception):
    """`statements.figures-not-chosen`: no pack of the year, or more than one and none used yet."""

    identifier = "statements.figures-not-chosen"

    def __init__(self, fiscal_year: int) -> None:
        super().__init__(
            f"{fiscal_year}年度の算定に使う規則集が決まっていません。教育委員会の担当者に、年度の定義の登録を依頼してください。"
        )


def figures_of(fiscal_year: int) -> Figures:
    """Raises FiguresNotChosen."""
    runs = Computation.objects.filter(statement__fiscal_year=fiscal_year).order_by("-pk")
    last = runs.values_list("pack", "receipt__pack__overlays").first()
    if last is not None:
        return Figures(str(last[0]), tuple(last[1]))
    packs = [pack for pack in available_packs() if pack.fiscal_year == fiscal_year]
    bases = [pack for pack in packs if not pack.extends and not pack.sample]
    if len(bases) != 1:
        raise FiguresNotChosen(fiscal_year)
    samples = [pack.name for pack in packs if pack.sample and bases[0].name in pack.extends]
    return Figures(bases[0].name, tuple(samples) if require_prefecture().sample else ())
