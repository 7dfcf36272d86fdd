"""決定の理由 in one sentence, with the boundaries of the pack that decided."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from domain.rules import Pack, PackError, Reason
from domain.statements.models import Computation
from domain.statements.presentation.figures import multiple_text
from domain.yearpacks.errors import YearpackError
from domain.yearpacks.resolving import pack_of_receipt


class Packs:
    """The packs that decided, for one print: each is looked up once, not for every document (two queries each time)."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, tuple[str, ...]], Pack | None] = {}

    def of(self, run: Computation) -> Pack | None:
        """The very pack of the computation; None where neither it was kept nor this version ships it."""
        named = run.receipt["pack"]
        key = (run.pack_digest, named["name"], tuple(named["overlays"]))
        if key not in self._found:
            self._found[key] = _looked_up({**named, "digest": run.pack_digest})
        return self._found[key]


def reason_text(run: Computation, category: int | None, packs: Packs) -> str:
    """世帯の収入額が、需要額の1.5倍以上2.5倍未満のため、支弁区分はⅡとなります。"""
    reason = Reason(run.category_reason)
    if category is None:
        return f"{reason.label}、支弁区分はありません。"
    result = f"支弁区分は{'ⅠⅡⅢ'[category - 1]}となります。"
    if reason != Reason.COMPUTED:
        return f"{reason.label}、{result}"
    between = _between(packs.of(run), category)
    return f"世帯の収入額が、需要額の{between}のため、{result}" if between else f"{reason.label}、{result}"


def _between(pack: Pack | None, category: int) -> str:
    if pack is None:
        return ""
    low: Fraction | None = None
    for boundary in pack.boundaries:
        if int(boundary.category) == category:
            return _times(low, "以上") + _times(boundary.below, "未満")
        low = boundary.below
    return ""


def _times(multiple: Fraction | None, relation: str) -> str:
    return "" if multiple is None else f"{multiple_text(str(multiple))}倍{relation}"


def _looked_up(named: Mapping[str, Any]) -> Pack | None:
    try:
        return pack_of_receipt(named)
    except (PackError, YearpackError):
        return None
