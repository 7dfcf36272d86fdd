"""決定の理由 in one sentence, with the boundaries of the pack that decided."""

from __future__ import annotations

from fractions import Fraction

from domain.rules import Pack, PackError, Reason
from domain.statements.models import Computation
from domain.statements.presentation.figures import multiple_text
from domain.yearpacks.errors import YearpackError
from domain.yearpacks.resolving import pack_of_receipt


def reason_text(run: Computation, category: int | None) -> str:
    """世帯の収入額が、需要額の1.5倍以上2.5倍未満のため、支弁区分はⅡとなります。"""
    reason = Reason(run.category_reason)
    if category is None:
        return f"{reason.label}、支弁区分はありません。"
    result = f"支弁区分は{'ⅠⅡⅢ'[category - 1]}となります。"
    if reason != Reason.COMPUTED:
        return f"{reason.label}、{result}"
    between = _between(run, category)
    return f"世帯の収入額が、需要額の{between}のため、{result}" if between else f"{reason.label}、{result}"


def _between(run: Computation, category: int) -> str:
    pack = _pack(run)
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


def _pack(run: Computation) -> Pack | None:
    """The very pack of the computation; None where neither it was kept nor this version ships it."""
    try:
        return pack_of_receipt({**run.receipt["pack"], "digest": run.pack_digest})
    except (PackError, YearpackError):
        return None
