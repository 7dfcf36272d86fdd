"""The history of inquiries after their first answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from audit.trail.actors import current_actor
from domain.linkage.models import Inquiry, InquiryStep


@dataclass(frozen=True, slots=True)
class Step:
    """What became of an inquiry; `before` is as it was read."""

    before: Inquiry
    state: str
    match: str
    settlement: str
    note: str


def note_steps(steps: Iterable[Step]) -> None:
    """Append to the history, in the caller's transaction, in the name of whoever acts."""
    by = current_actor().name[:200]
    InquiryStep.objects.bulk_create(
        [
            InquiryStep(
                inquiry_id=step.before.pk,
                from_state=step.before.state,
                to_state=step.state,
                match=step.match,
                settlement=step.settlement,
                batch_id=step.before.batch_id,
                note=step.note[:400],
                by=by,
            )
            for step in steps
        ],
        batch_size=1_000,
    )
