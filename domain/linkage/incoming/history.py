"""States of held inquiries: every change with its row of history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from audit.trail.actors import current_actor
from domain.linkage.models import HeldInquiry, HeldStep

_NONE: Mapping[int, str] = {}


def move(inquiries: Iterable[HeldInquiry], to: str, reasons: Mapping[int, str] = _NONE) -> int:
    """Set the state, with what the other side said; how many. In the caller's transaction."""
    moved = list(inquiries)
    for one in moved:
        one.state, one.reason = to, reasons.get(one.pk, "")[:200]
    HeldInquiry.objects.bulk_update(moved, ["state", "reason"], batch_size=1_000)
    note_steps(moved, to, reasons)
    return len(moved)


def note_steps(inquiries: Iterable[HeldInquiry], to: str, notes: Mapping[int, str] = _NONE) -> None:
    """Append to the history, in the name of whoever acts."""
    by = current_actor().name[:200]
    steps = [HeldStep(inquiry=one, to_state=to, note=notes.get(one.pk, "")[:200], by=by) for one in inquiries]
    HeldStep.objects.bulk_create(steps, batch_size=1_000)
