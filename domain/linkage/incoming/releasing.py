"""照会への回答: decided answers out, whether they were taken in. Implements `Work` of the exchange."""

from __future__ import annotations

from django.db.models import Count

from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from domain.linkage.exchange import batches
from domain.linkage.exchange.masking import without_numbers
from domain.linkage.exchange.work import Tally, Terms
from domain.linkage.incoming.history import move
from domain.linkage.models import Batch, HeldInquiry
from integrations.atena_adapters.port import (
    AtenaAdapter,
    Capabilities,
    Collection,
    Decided,
    Decision,
    NotAccepted,
    Problem,
    ProblemCode,
    ReleaseBatch,
    ReleaseLine,
    SubmissionReceipt,
)

State = HeldInquiry.State
_EVENTS = {State.ANSWERED: Event.LINKAGE_INCOMING_ANSWERED, State.REFUSED: Event.LINKAGE_INCOMING_REFUSED}


class Releasing:
    """One run over all decided answers."""

    kind = Batch.Kind.RELEASE
    title = "照会への回答"

    def __init__(self, fiscal_year: int, duty_code: str) -> None:
        self._fiscal_year = fiscal_year
        self._duty_code = duty_code

    def prepare(self, terms: Terms) -> Batch | None:
        ready = HeldInquiry.objects.filter(state=State.READY, batch=None).order_by("pk")
        ids = list(ready.select_for_update(skip_locked=True).values_list("pk", flat=True)[: terms.limit])
        if not ids:
            return None
        batch = batches.create(
            self.kind,
            fiscal_year=self._fiscal_year,
            adapter_version=terms.adapter_version,
            operator=terms.operator,
            size=len(ids),
        )
        HeldInquiry.objects.filter(pk__in=ids).update(batch=batch)
        return batch

    def leave_out(self, batch: Batch, capabilities: Capabilities) -> bool:
        """Nobody: a conflict of numbers stops registrations, changes and inquiries."""
        return True

    def submit(self, adapter: AtenaAdapter, batch: Batch) -> SubmissionReceipt:
        found = batch.held_inquiries.order_by("pk")
        lines = tuple(ReleaseLine(str(one.pk), one.entry, Decision(one.decision), one.note) for one in found)
        return adapter.release(ReleaseBatch(**batches.envelope(batch), lines=lines))

    def mark_sent(self, batch: Batch) -> None:
        move(batch.held_inquiries.filter(state=State.READY), State.SENT)

    def apply(self, batch: Batch, collection: Collection) -> int:
        """Taken or not; an answer that was settled stays, whatever comes later, and that is said."""
        lines = {str(one.pk): one for one in batch.held_inquiries.select_for_update()}
        told = [
            (lines[name], State.ANSWERED if isinstance(outcome, Decided) else State.REFUSED, outcome)
            for name, outcome in collection.outcomes.items()
            if name in lines and isinstance(outcome, Decided | NotAccepted)
        ]
        other = sum(one.state != State.SENT and one.state != state for one, state, _ in told)
        said = f"結果の出た回答 {other:,}件に、前と違う結果が後から届きました。前の結果のままにしています。"
        batches.note_findings(batch, [Problem(ProblemCode.CONFLICT, said)] if other else [])
        changed = 0
        for to, event in _EVENTS.items():
            these = {one.pk: one for one, state, _ in told if state == to and one.state == State.SENT}
            reasons = {one.pk: without_numbers(getattr(outcome, "reason", "")) for one, _, outcome in told}
            if move(these.values(), to, reasons):
                people = batches.people(sorted({one.member_id for one in these.values()}))
                record(event, subjects=people, duty=self._duty_code, case=batches.case_of(batch))
            changed += len(these)
        return changed

    def release(self, batch: Batch) -> None:
        batch.held_inquiries.filter(state=State.READY).update(batch=None)

    def answers_in_call(self, capabilities: Capabilities) -> bool:
        return capabilities.act_in_call

    def is_settled(self, collection: Collection) -> bool:
        return all(isinstance(outcome, Decided | NotAccepted) for outcome in collection.outcomes.values())

    def uncleared(self) -> list[Batch]:
        return list(batches.uncleared(self.kind))

    def may_change(self, batch: Batch) -> bool:
        return batch.held_inquiries.filter(state=State.SENT).exists()

    def tally(self, capabilities: Capabilities) -> Tally:
        states = self._states()
        done = states.get(State.ANSWERED, 0) + states.get(State.REFUSED, 0)
        return Tally(done, done + states.get(State.READY, 0) + states.get(State.SENT, 0))

    def counters(self) -> dict[str, int]:
        states = self._states()
        return {state.label: states[state] for state in State if states.get(state)}

    def _states(self) -> dict[str, int]:
        return dict(HeldInquiry.objects.order_by().values_list("state").annotate(lines=Count("pk")))
