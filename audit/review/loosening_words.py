"""What an application to loosen the watch asks for, in words: one that waits, and one that was approved."""

from __future__ import annotations

from collections.abc import Mapping

from audit.detection import tuning
from audit.detection.calendar import Hours
from audit.detection.limits import threshold
from audit.detection.models import Loosening, SignalException
from audit.detection.queries import STANDARD, hours_in_force
from audit.detection.registry import title_of
from audit.review.forms import EVERYBODY
from web.dates import to_wareki
from web.formatting import format_until


def change_words(row: Loosening, names: Mapping[str, str]) -> str:
    """「大量の閲覧」 10から20へ; of one that waits, from what is in force now. `names`: of those an exception is about."""
    if row.kind == Loosening.Kind.THRESHOLD:
        rule = tuning.described(row.rule)
        standard = rule.standard if rule else None
        asked = f"{row.value:g}" if row.value is not None else f"標準 {standard:g}" if standard is not None else "標準"
        return f"「{title_of(row.rule)}」 {_before(row, standard)}から{asked}へ"
    if row.opens_at is not None and row.closes_at is not None:
        return f"{_before(row, None)}から{Hours(row.opens_at, row.closes_at).words}へ"
    if row.day is not None:
        return f"{to_wareki(row.day)}（休業日から開庁日へ）"
    if row.canary is not None:
        return f"{row.before}から1世帯減 {row.reason}" if row.before else f"1世帯減 {row.reason}"
    return exception_words(row, names)


def exception_words(row: Loosening | SignalException, names: Mapping[str, str]) -> str:
    """One that was asked for, or is in force."""
    until = format_until(row.ends_at) if row.ends_at else ""
    kept = f"定型の理由「{row.words}」は警報なし" if row.words else "警報なし"
    return f"「{title_of(row.rule)}」 {names.get(row.username, EVERYBODY)}について{until}{kept}（理由: {row.reason}）"


def _before(row: Loosening, standard: float | None) -> str:
    if row.before:
        return row.before
    if row.kind == Loosening.Kind.HOURS:
        return (hours_in_force() or STANDARD).words
    return f"{threshold(row.rule, standard if standard is not None else 0.0):g}"
