"""副本登録: approved lines out, what the other side says of each line in. Implements `Work` of the exchange."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, QuerySet

from audit.trail.entries import JSON
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from domain.linkage.exchange import batches
from domain.linkage.exchange.work import Tally, Terms
from domain.linkage.models import Batch, Copy, CopyLine, CopyList
from domain.linkage.providing.history import move
from domain.linkage.providing.holding import HELD, held_after
from domain.linkage.providing.results import TAKEN, Result, contradicts, result_of
from domain.linkage.providing.stopping import SWITCHED, drop, drop_unwanted
from integrations.atena_adapters.port import (
    AtenaAdapter,
    Capabilities,
    Collection,
    NotAccepted,
    Pending,
    Problem,
    ProblemCode,
    Provided,
    ProvisionAct,
    ProvisionBatch,
    ProvisionLine,
    Refused,
    SubmissionReceipt,
)

State = CopyLine.State
_OPEN = (State.WAITING, State.SENT, State.UNKNOWN)
_FINAL = (Provided, NotAccepted, Refused)
_EVENTS = {
    State.ACCEPTED: Event.LINKAGE_PROVISION_ACCEPTED,
    State.REFUSED: Event.LINKAGE_PROVISION_REFUSED,
    State.UNKNOWN: Event.LINKAGE_PROVISION_DOUBTED,
}


class Providing:
    """One run over all approved lines. `duty_code`: 事務コード for the trail."""

    kind = Batch.Kind.PROVIDE
    title = "副本登録"

    def __init__(self, fiscal_year: int, duty_code: str) -> None:
        self._fiscal_year = fiscal_year
        self._duty_code = duty_code

    def prepare(self, terms: Terms) -> Batch | None:
        """The next approved lines, oldest first; what the rules of today do not want any more is dropped."""
        drop_unwanted()
        waiting = sendable().order_by("pk").select_for_update(skip_locked=True, of=("self",))
        ids = list(waiting.values_list("pk", flat=True)[: terms.limit])
        if not ids:
            return None
        batch = batches.create(
            self.kind,
            fiscal_year=self._fiscal_year,
            adapter_version=terms.adapter_version,
            operator=terms.operator,
            size=len(ids),
        )
        CopyLine.objects.filter(pk__in=ids).update(batch=batch)
        return batch

    def leave_out(self, batch: Batch, capabilities: Capabilities) -> bool:
        """What the rules of today do not want any more; it keeps its batch, so that the batch adds up."""
        drop(batch.copy_lines.all())
        return self.going(batch).exists()

    def going(self, batch: Batch) -> QuerySet[CopyLine]:
        """The lines of a batch that are handed over, the same however often."""
        return batch.copy_lines.exclude(state=State.DROPPED, reason=SWITCHED)

    def submit(self, adapter: AtenaAdapter, batch: Batch) -> SubmissionReceipt:
        lines = self.going(batch).order_by("pk").select_related("copy__member")
        return adapter.provide(ProvisionBatch(**batches.envelope(batch), lines=tuple(_line(line) for line in lines)))

    def mark_sent(self, batch: Batch) -> None:
        lines = list(self.going(batch).select_related("copy"))
        move([line for line in lines if line.state == State.WAITING], State.SENT)
        listed = CopyList.objects.filter(lines__batch=batch).order_by("pk").distinct()
        approved: list[JSON] = [f"{number} {digest}" for number, digest in listed.values_list("number", "digest")]
        self._record(Event.LINKAGE_PROVISION_SENT, batch, lines, {"lines": len(lines), "approved": approved})

    def apply(self, batch: Batch, collection: Collection) -> int:
        """What became of each line, and the copy as the other side holds it now, in one transaction."""
        lines = {str(line.pk): line for line in batch.copy_lines.select_related("copy").select_for_update(of=("self",))}
        told = [
            (lines[name], result_of(outcome))
            for name, outcome in collection.outcomes.items()
            if name in lines and not isinstance(outcome, Pending)
        ]
        batches.note_findings(batch, _contradictions(told))
        changes = [(line, new) for line, new in told if line.state in _OPEN and line.state != new.state]
        changes = _without_taken_numbers(changes)
        Copy.objects.bulk_update(
            [held_after(line, new.record_number) for line, new in changes if new.state == State.ACCEPTED],
            HELD,
            batch_size=1_000,
        )
        for state, event in _EVENTS.items():
            these = {line.pk: line for line, new in changes if new.state == state}
            if move(these.values(), state, {line.pk: new.reason for line, new in changes}):
                self._record(event, batch, these.values(), dict(Counter(line.act for line in these.values())))
        return len(changes)

    def release(self, batch: Batch) -> None:
        batch.copy_lines.filter(state=State.WAITING).update(batch=None)

    def answers_in_call(self, capabilities: Capabilities) -> bool:
        return capabilities.act_in_call

    def is_settled(self, collection: Collection) -> bool:
        """Whatever is not said for good may still be said: the place of exchange is left as it is until then."""
        return all(isinstance(outcome, _FINAL) for outcome in collection.outcomes.values())

    def uncleared(self) -> list[Batch]:
        return list(batches.uncleared(self.kind))

    def may_change(self, batch: Batch) -> bool:
        return batch.copy_lines.filter(state__in=_OPEN).exists()

    def tally(self, capabilities: Capabilities) -> Tally:
        open_lines = CopyLine.objects.filter(batch__kind=self.kind, state=State.SENT).count()
        done = CopyLine.objects.filter(state__in=[State.ACCEPTED, State.REFUSED, State.UNKNOWN]).count()
        return Tally(done, done + open_lines + sendable().count())

    def counters(self) -> dict[str, int]:
        states = dict(CopyLine.objects.order_by().values_list("state").annotate(lines=Count("pk")))
        return {state.label: states[state] for state in State if states.get(state)}

    def _record(self, event: Event, batch: Batch, lines: Iterable[CopyLine], detail: dict[str, JSON]) -> None:
        people = batches.people(sorted({line.copy.member_id for line in lines}))
        record(event, subjects=people, detail=detail, duty=self._duty_code, case=batches.case_of(batch))


def sendable() -> QuerySet[CopyLine]:
    """Lines of approved lists that no batch has yet."""
    return CopyLine.objects.filter(state=State.WAITING, batch=None, listed__state=CopyList.State.APPROVED)


def _line(line: CopyLine) -> ProvisionLine:
    return ProvisionLine(
        line_id=str(line.pk),
        act=ProvisionAct(line.act),
        atena_number=line.copy.member.atena_number,
        fiscal_year=line.copy.fiscal_year,
        period_from=line.period_from,
        period_to=line.period_to,
        amount=line.amount,
        record_number=line.record_number,
    )


def _without_taken_numbers(changes: list[tuple[CopyLine, Result]]) -> list[tuple[CopyLine, Result]]:
    """One 副本番号 given to two people is believed of neither; a person finds out which is right."""
    given = Counter(new.record_number for _, new in changes if new.record_number)
    others = Copy.objects.exclude(pk__in=[line.copy_id for line, _ in changes])
    held = set(others.filter(record_number__in=list(given)).values_list("record_number", flat=True))
    taken = held | {number for number, times in given.items() if times > 1}
    doubted = Result(State.UNKNOWN, TAKEN)
    return [(line, doubted if new.record_number in taken else new) for line, new in changes]


def _contradictions(told: list[tuple[CopyLine, Result]]) -> list[Problem]:
    """A line that is settled stays as it is, whatever comes later; that something else came is said."""
    other = sum(line.state not in _OPEN and contradicts(line, new) for line, new in told)
    said = f"結果の出た副本 {other:,}件に、前と違う結果が後から届きました。前の結果のままにしています。"
    return [Problem(ProblemCode.CONFLICT, said)] if other else []
