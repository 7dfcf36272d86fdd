"""States of the lines of a copy: every change with its row of history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from audit.trail.actors import current_actor
from domain.linkage.models import CopyLine, CopyStep

_NONE: Mapping[int, str] = {}


def move(lines: Iterable[CopyLine], to: str, notes: Mapping[int, str] = _NONE) -> int:
    """Set the state of these lines, with `notes` (by line) as their reason; how many. In the caller's transaction."""
    moved = list(lines)
    note_steps(moved, to, notes)
    for line in moved:
        line.state, line.reason = to, notes.get(line.pk, "")[:200]
    CopyLine.objects.bulk_update(moved, ["state", "reason"], batch_size=1_000)
    return len(moved)


def note_steps(lines: Iterable[CopyLine], to: str, notes: Mapping[int, str]) -> None:
    """Append to the history, in the name of whoever acts."""
    by = current_actor().name[:200]
    steps = [
        CopyStep(line=line, from_state=line.state, to_state=to, note=notes.get(line.pk, "")[:400], by=by)
        for line in lines
    ]
    CopyStep.objects.bulk_create(steps, batch_size=1_000)
