"""異動: what changed since the last accepted line; 番号変更 carries the new 個人番号."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from domain.linkage.exchange import batches
from domain.linkage.exchange.acting import Acting, day_of, reason_of
from domain.linkage.exchange.unified import store_each
from domain.linkage.models import Batch, PersonLine, Registration
from domain.linkage.persons.due import to_update
from domain.linkage.persons.moving import move
from domain.linkage.persons.states import Act, State
from domain.vault.models import PersonNumber
from domain.vault.services import erase_after_receipt, reveal_many
from integrations.atena_adapters.errors import BatchAltered
from integrations.atena_adapters.port import (
    AtenaAdapter,
    CommunicationFailed,
    Outcome,
    SubmissionReceipt,
    UpdateBatch,
    Updated,
    UpdateLine,
)


class Updating(Acting):
    """Implements `Work`."""

    kind = Batch.Kind.UPDATE
    line_kind = PersonLine.Kind.UPDATE
    title = "異動"

    def due(self, beside: Batch | None = None) -> QuerySet[Registration]:
        return to_update(beside)

    def lines_of(self, people: QuerySet[Registration]) -> list[PersonLine]:
        """The new number's row only where the number changed (番号変更)."""
        rows: Iterable[tuple[Any, ...]] = people.values_list("pk", "state", "now", "number")  # type: ignore[misc]
        return [
            PersonLine(
                registration_id=pk, kind=self.line_kind, facts=now,
                number_row=number if state == State.NUMBER_CHANGED else None,
            )
            for pk, state, now, number in rows
        ]  # fmt: skip

    def submit(self, adapter: AtenaAdapter, batch: Batch) -> SubmissionReceipt:
        rows = list(self.going(batch).select_related("registration__member"))
        renumbered = [row.registration.member_id for row in rows if row.number_row is not None]
        case = batches.case_of(batch)
        individual = PersonNumber.Field.INDIVIDUAL
        numbers = reveal_many(renumbered, individual, duty=self._duty_code, case=case) if renumbered else {}
        if len(numbers) < len(renumbered):  # one is no longer held
            raise BatchAltered
        return adapter.update(
            UpdateBatch(
                **batches.envelope(batch),
                lines=tuple(
                    UpdateLine(
                        atena_number=row.registration.member.atena_number,
                        name=row.facts["name"],
                        kana=row.facts["kana"],
                        born=day_of(row.facts, "born"),
                        address=row.facts["address"],
                        individual_number=numbers[member].clear()
                        if (member := row.registration.member_id) in numbers
                        else "",
                    )
                    for row in rows
                ),
            )
        )

    def is_done(self, outcome: Outcome) -> bool:
        return isinstance(outcome, Updated)

    def take(self, batch: Batch, found: Sequence[tuple[PersonLine, Outcome]]) -> None:
        """What was accepted is what the next change is measured by; a new number begins the way to the 符号 again."""
        case = batches.case_of(batch)
        people: list[Registration] = []
        for row, outcome in found:
            person = row.registration
            if isinstance(outcome, Updated):
                person.sent_as, person.refused, person.reason = row.facts, {}, ""
                person.number_row = row.number_row if row.number_row is not None else person.number_row
            elif not isinstance(outcome, CommunicationFailed):  # what failed on the way goes out with the next run
                person.refused, person.reason = row.facts, reason_of(outcome)
            people.append(person)
        Registration.objects.bulk_update(people, ["sent_as", "refused", "reason", "number_row"], batch_size=500)
        told = [row for row, outcome in found if isinstance(outcome, Updated) and row.number_row is not None]
        move([row.registration_id for row in told], Act.TELL, duty=self._duty_code, case=case, checked_at=None)
        unified = {
            row.registration.member_id: outcome.unified_number
            for row, outcome in found
            if isinstance(outcome, Updated) and outcome.unified_number
        }
        store_each(unified, str(batch.pk))
        erase_after_receipt([row.registration.member_id for row in told], batch=str(batch.pk))
