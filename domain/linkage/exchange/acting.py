"""異動, 廃止 and 符号の確認 as work of the loop: each line is a row that stays open until its outcome is taken in.

A row is made with its batch, so a job that is cut off finds the same lines again; a person has at most one open row (constraint).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from audit.trail.entries import JSON
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from domain.linkage.exchange import batches
from domain.linkage.exchange.masking import without_numbers
from domain.linkage.exchange.work import Tally, Terms
from domain.linkage.models import Batch, PersonLine, Registration
from domain.linkage.persons.moving import STOPPED_AS_DOUBTED
from integrations.atena_adapters.port import Capabilities, Collection, Outcome, Pending, title
from integrations.atena_adapters.port import reason_of as stated_reason

Result = PersonLine.Result


class Acting(ABC):
    """Implements `Work` but for what differs by kind. `duty_code`: 事務コード for the trail."""

    kind: Batch.Kind
    line_kind: PersonLine.Kind
    title: str

    def __init__(self, fiscal_year: int, duty_code: str) -> None:
        self._fiscal_year = fiscal_year
        self._duty_code = duty_code

    @abstractmethod
    def due(self, beside: Batch | None = None) -> QuerySet[Registration]:
        """People of whom a line is to be sent; `beside`: whatever this batch has of them."""

    @abstractmethod
    def lines_of(self, people: QuerySet[Registration]) -> list[PersonLine]:
        """The rows of a new batch, unsaved and without it."""

    @abstractmethod
    def take(self, batch: Batch, found: Sequence[tuple[PersonLine, Outcome]]) -> None:
        """What follows from the outcomes; the rows themselves are settled by `apply`."""

    @abstractmethod
    def is_done(self, outcome: Outcome) -> bool:
        """Whether an outcome is the one that was wanted, or (符号) an answer at all."""

    def prepare(self, terms: Terms) -> Batch | None:
        """The next people that are due, looked at once more when their rows are locked: a copy may have been added meanwhile."""
        people = self.due().select_for_update(skip_locked=True, of=("self",)).only("pk")[: terms.limit]
        ids = [one.pk for one in people]
        rows = self.lines_of(self.due().filter(pk__in=ids)) if ids else []
        if not rows:
            return None
        batch = batches.create(
            self.kind, fiscal_year=self._fiscal_year, adapter_version=terms.adapter_version, operator=terms.operator,
            size=len(rows),
        )  # fmt: skip
        for row in rows:
            row.batch = batch
        PersonLine.objects.bulk_create(rows, batch_size=2_000)
        return batch

    def leave_out(self, batch: Batch, capabilities: Capabilities) -> bool:
        """What would not be said so if it were prepared now: who came back, whom a question is out about, whose record was corrected
        again. Their lines go; they are due again as they then are. 異動 of whom another has the same number, so it was found
        meanwhile, says so; due again when somebody decided.
        """
        if self.line_kind == PersonLine.Kind.UPDATE:
            doubted = batch.person_lines.filter(registration__state=Registration.State.DOUBTED)
            doubted.update(result=Result.REFUSED, reason=STOPPED_AS_DOUBTED, settled_at=timezone.now())
        lines = list(self.going(batch))
        people = self.due(batch).filter(pk__in=[line.registration_id for line in lines])
        now = {line.registration_id: _said(line) for line in self.lines_of(people)}
        stale = [line.pk for line in lines if now.get(line.registration_id) != _said(line)]
        fewer, _ = batch.person_lines.filter(pk__in=stale).delete()
        Batch.objects.filter(pk=batch.pk).update(size=F("size") - fewer)
        return len(stale) < len(lines)

    def going(self, batch: Batch) -> QuerySet[PersonLine]:
        """The lines of a batch that are handed over, the same however often."""
        return batch.person_lines.exclude(reason=STOPPED_AS_DOUBTED).order_by("pk")

    def mark_sent(self, batch: Batch) -> None:
        members = list(self.going(batch).values_list("registration__member_id", flat=True))
        record(
            Event.LINKAGE_CHANGE_SENT, subjects=batches.people(members),
            detail={"kind": self.line_kind.value, "lines": len(members)}, duty=self._duty_code,
            case=batches.case_of(batch),
        )  # fmt: skip

    def apply(self, batch: Batch, collection: Collection) -> int:
        """Outcomes of the open lines; the same again finds none open."""
        rows = batch.person_lines.filter(result=Result.OPEN).annotate(atena=F("registration__member__atena_number"))
        found = [
            (row, outcome)
            for row in rows.select_related("registration").order_by("pk")
            if (outcome := collection.outcomes.get(row.atena)) is not None and not isinstance(outcome, Pending)
        ]
        for row, outcome in found:
            row.result, row.reason = (
                (Result.DONE, "") if self.is_done(outcome) else (Result.REFUSED, reason_of(outcome))
            )
        _settle([row for row, _ in found])
        self.take(batch, found)
        self._note(batch, found)
        return len(found)

    def release(self, batch: Batch) -> None:
        """Nothing went out: the people are due again as they then are."""
        batch.person_lines.all().delete()

    def answers_in_call(self, capabilities: Capabilities) -> bool:
        return capabilities.act_in_call

    def is_settled(self, collection: Collection) -> bool:
        return collection.complete

    def uncleared(self) -> list[Batch]:
        return list(batches.uncleared(self.kind))

    def may_change(self, batch: Batch) -> bool:
        return False

    def tally(self, capabilities: Capabilities) -> Tally:
        still_open = PersonLine.objects.filter(kind=self.line_kind, result=Result.OPEN).count()
        return Tally(0, still_open + self.due().count())

    def counters(self) -> dict[str, int]:
        mine = PersonLine.objects.filter(kind=self.line_kind, batch__fiscal_year=self._fiscal_year)
        figures = dict(mine.order_by().values_list("result").annotate(lines=Count("pk")))
        return {f"{self.title} {one.label}": figures[one] for one in Result if figures.get(one)}

    def _note(self, batch: Batch, found: Sequence[tuple[PersonLine, Outcome]]) -> None:
        for event, result in (
            (Event.LINKAGE_CHANGE_ACCEPTED, Result.DONE),
            (Event.LINKAGE_CHANGE_REFUSED, Result.REFUSED),
        ):
            members = [row.registration.member_id for row, _ in found if row.result == result]
            if members:
                detail: dict[str, JSON] = {"kind": self.line_kind.value, "lines": len(members)}
                case = batches.case_of(batch)
                record(event, subjects=batches.people(members), detail=detail, duty=self._duty_code, case=case)


def _said(line: PersonLine) -> tuple[object, ...]:
    return line.facts, line.number_row


def _settle(rows: Sequence[PersonLine]) -> None:
    """Store result and reason, one statement for each pair of them: nearly all lines of a batch have the same."""
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        alike[row.result, row.reason].append(row.pk)
    now = timezone.now()
    for (result, reason), ids in alike.items():
        PersonLine.objects.filter(pk__in=ids).update(result=result, reason=reason, settled_at=now)


def reason_of(outcome: Outcome) -> str:
    """Why a line was not carried out, without numbers."""
    return without_numbers(stated_reason(outcome) or title(outcome))[:200]


def day_of(facts: Mapping[str, str], name: str) -> date:
    return date.fromisoformat(facts[name])
