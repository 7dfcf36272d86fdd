"""符号の確認: the 符号 comes hours after the number, past us (atena.md 3.1); only who has it can be inquired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from domain.linkage.exchange import batches
from domain.linkage.exchange.acting import Acting, reason_of
from domain.linkage.models import Batch, PersonLine, Registration
from domain.linkage.persons.due import to_check
from domain.linkage.persons.moving import move
from domain.linkage.persons.states import Act
from integrations.atena_adapters.port import (
    AtenaAdapter,
    Capabilities,
    LinkageBatch,
    LinkageLine,
    Linked,
    NotLinked,
    Outcome,
    SubmissionReceipt,
)


class Checking(Acting):
    """Implements `Work`."""

    kind = Batch.Kind.CHECK
    line_kind = PersonLine.Kind.CHECK
    title = "符号の確認"

    def due(self, beside: Batch | None = None) -> QuerySet[Registration]:
        return to_check(beside)

    def lines_of(self, people: QuerySet[Registration]) -> list[PersonLine]:
        return [PersonLine(registration_id=pk, kind=self.line_kind) for pk in people.values_list("pk", flat=True)]

    def submit(self, adapter: AtenaAdapter, batch: Batch) -> SubmissionReceipt:
        rows = batch.person_lines.order_by("pk").values_list("registration__member__atena_number", flat=True)
        return adapter.check_linkage(LinkageBatch(**batches.envelope(batch), lines=tuple(map(LinkageLine, rows))))

    def answers_in_call(self, capabilities: Capabilities) -> bool:
        return capabilities.registration_in_call

    def mark_sent(self, batch: Batch) -> None:
        people = list(batch.person_lines.values_list("registration_id", flat=True))
        move(people, Act.CHECK, duty=self._duty_code, case=batches.case_of(batch))
        super().mark_sent(batch)

    def is_done(self, outcome: Outcome) -> bool:
        return isinstance(outcome, Linked | NotLinked)

    def take(self, batch: Batch, found: Sequence[tuple[PersonLine, Outcome]]) -> None:
        """Who has none yet keeps waiting since when they began to; the other side's reason is shown meanwhile."""
        now = timezone.now()
        linked = [row.registration_id for row, outcome in found if isinstance(outcome, Linked)]
        move(linked, Act.LINK, duty=self._duty_code, case=batches.case_of(batch), checked_at=now, reason="")
        waiting: dict[str, list[int]] = defaultdict(list)
        for row, outcome in found:
            if not isinstance(outcome, Linked):
                waiting["" if outcome == NotLinked() else reason_of(outcome)].append(row.registration_id)
        for reason, ids in waiting.items():
            Registration.objects.filter(pk__in=ids).update(checked_at=now, reason=reason, updated_at=now)
