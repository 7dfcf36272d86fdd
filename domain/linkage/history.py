"""The history of inquiries after their first answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from audit.trail.actors import current_actor
from domain.linkage.models import Inquiry, InquiryStep, Registration, RegistrationStep


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


def send_registrations_again(registrations: QuerySet[Registration], note: str) -> int:
    """Put these back in the queue, each with a row of history; how many. In the caller's transaction."""
    by = current_actor().name[:200]
    found = list(registrations.select_for_update())
    RegistrationStep.objects.bulk_create(
        [
            RegistrationStep(registration=one, from_state=one.state, batch_id=one.batch_id, note=note[:400], by=by)
            for one in found
        ],
        batch_size=1_000,
    )
    again = Registration.objects.filter(pk__in=[one.pk for one in found])
    return again.update(state=Registration.State.WAITING, batch=None, reason="")
