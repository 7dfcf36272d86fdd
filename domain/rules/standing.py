"""How far a row of a pack can be trusted (確からしさ).  The order of the members is from strongest to weakest."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Standing(StrEnum):
    """Standing of one row: who says so, and how firmly."""

    STATUTE = "statute"
    PUBLISHED = "published"
    DERIVED = "derived"
    OPERATOR = "operator"
    UNCONFIRMED = "unconfirmed"

    @property
    def label(self) -> str:
        """Japanese word shown to people."""
        return _LABELS[self]


_LABELS = {
    Standing.STATUTE: "法令",
    Standing.PUBLISHED: "公表資料",
    Standing.DERIVED: "推計",
    Standing.OPERATOR: "団体設定",
    Standing.UNCONFIRMED: "未確認",
}
_RANK = {standing: rank for rank, standing in enumerate(Standing)}


def weakest(standings: Iterable[Standing]) -> Standing:
    """Weakest of the rows used; a result stands no firmer than this."""
    return max(standings, key=_RANK.__getitem__, default=Standing.STATUTE)
