"""廃止: who is no longer dealt with is withdrawn at 統合宛名, and the 団体内統合宛名番号 is no longer theirs here."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from domain.linkage.exchange import batches
from domain.linkage.exchange.acting import Acting, day_of, reason_of
from domain.linkage.models import Batch, PersonLine, Registration
from domain.linkage.persons.due import to_withdraw
from domain.linkage.persons.leaving import no_longer_needed
from domain.linkage.persons.moving import move
from domain.linkage.persons.states import Act
from domain.vault.services import end_unified
from integrations.atena_adapters.port import (
    AtenaAdapter,
    CommunicationFailed,
    Outcome,
    SubmissionReceipt,
    WithdrawalBatch,
    WithdrawalLine,
    Withdrawn,
)


class Withdrawing(Acting):
    """Implements `Work`."""

    kind = Batch.Kind.WITHDRAW
    line_kind = PersonLine.Kind.WITHDRAW
    title = "廃止"

    def due(self, beside: Batch | None = None) -> QuerySet[Registration]:
        return to_withdraw(beside)

    def lines_of(self, people: QuerySet[Registration]) -> list[PersonLine]:
        days = no_longer_needed()
        return [
            PersonLine(registration_id=pk, kind=self.line_kind, facts={"withdrawn_on": days[member].isoformat()})
            for pk, member in people.values_list("pk", "member_id")
        ]

    def submit(self, adapter: AtenaAdapter, batch: Batch) -> SubmissionReceipt:
        rows = batch.person_lines.order_by("pk").values_list("registration__member__atena_number", "facts")
        lines = tuple(WithdrawalLine(atena, day_of(facts, "withdrawn_on")) for atena, facts in rows)
        return adapter.withdraw(WithdrawalBatch(**batches.envelope(batch), lines=lines))

    def is_done(self, outcome: Outcome) -> bool:
        return isinstance(outcome, Withdrawn)

    def take(self, batch: Batch, found: Sequence[tuple[PersonLine, Outcome]]) -> None:
        gone = [row for row, outcome in found if isinstance(outcome, Withdrawn)]
        ids = [row.registration_id for row in gone]
        move(ids, Act.WITHDRAW, duty=self._duty_code, case=batches.case_of(batch), refused={}, reason="")
        end_unified([row.registration.member_id for row in gone], batch=str(batch.pk))
        for row, outcome in found:
            if not isinstance(outcome, Withdrawn | CommunicationFailed):
                kept = {"refused": row.facts, "reason": reason_of(outcome)}
                Registration.objects.filter(pk=row.registration_id).update(**kept)
