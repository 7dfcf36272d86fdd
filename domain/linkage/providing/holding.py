"""The copy as the other side holds it once a line was carried out there."""

from __future__ import annotations

from django.utils import timezone

from domain.linkage.models import Copy, CopyLine

HELD = ("record_number", "amount", "period_from", "period_to", "accepted_at")
"""The columns that `held_after` sets."""


def held_after(line: CopyLine, record_number: str) -> Copy:
    """The copy of this line, unsaved. `record_number`: as the other side told it now ("" keeps the one before)."""
    copy = line.copy
    if line.act == CopyLine.Act.DELETE:
        copy.record_number, copy.amount, copy.period_from, copy.period_to, copy.accepted_at = "", None, None, None, None
        return copy
    copy.record_number = record_number or line.record_number
    copy.amount, copy.period_from, copy.period_to = line.amount, line.period_from, line.period_to
    copy.accepted_at = timezone.now()
    return copy
