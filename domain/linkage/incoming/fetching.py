"""Fetching what waits for a clerk and what was recorded. Implements `Work` of the exchange; the same list again changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.utils import timezone

from audit.trail.parts import record_parts
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.linkage.exchange import batches
from domain.linkage.exchange.work import Tally, Terms
from domain.linkage.incoming import refusals, windows
from domain.linkage.incoming.history import note_steps
from domain.linkage.models import Batch, ExchangeRecord, HeldInquiry
from domain.linkage.providing.rules import rules_on
from integrations.atena_adapters.port import (
    AtenaAdapter,
    Capabilities,
    Collection,
    Listed,
    ListedEntry,
    ListingBatch,
    ListingLine,
    ListKind,
    Problem,
    ProblemCode,
    SubmissionReceipt,
)


class Fetching:
    """One run fetches both lists of the last days, and of earlier windows that are still missing (`windows`).

    A list that was refused for good is left out (`refusals`).

    `since`: the day from which records are wanted; None: from the first fetch on. What was told before changes nothing.
    """

    kind = Batch.Kind.LIST
    title = "保留の照会・記録の受領"

    def __init__(self, fiscal_year: int, duty_code: str, since: date | None = None) -> None:
        self._fiscal_year = fiscal_year
        self._duty_code = duty_code
        today = timezone.localdate()
        self._windows = _windows_of_a_run(today, since, recent=not windows.recent_under_way(today))

    def prepare(self, terms: Terms) -> Batch | None:
        """A batch a window; what an earlier run left under way stands for it."""
        found = next(self._windows, None)
        if found is None:
            return None
        (first, last), kinds = found
        operator, version = terms.operator, terms.adapter_version
        batch = batches.create(
            self.kind, fiscal_year=self._fiscal_year, adapter_version=version, operator=operator, size=0
        )
        batch.covers_from, batch.covers_until, batch.lists = first, last, [kind.value for kind in kinds]
        batch.save(update_fields=["covers_from", "covers_until", "lists"])
        return batch

    def leave_out(self, batch: Batch, capabilities: Capabilities) -> bool:
        """Nobody: a conflict of numbers stops registrations, changes and inquiries."""
        return True

    def submit(self, adapter: AtenaAdapter, batch: Batch) -> SubmissionReceipt:
        until = batch.covers_until or timezone.localdate(batch.created_at)
        since = batch.covers_from or windows.recent(until)[0]
        lines = tuple(ListingLine(kind, ListKind(kind), since, until) for kind in batch.lists)
        return adapter.fetch_lists(ListingBatch(**batches.envelope(batch), lines=lines))

    def mark_sent(self, batch: Batch) -> None:
        """A list of nobody: there is nothing to note but the batch itself."""

    def apply(self, batch: Batch, collection: Collection) -> int:
        """New held inquiries and records; how many. Of people who are not ours nothing is kept, and it is said."""
        waiting = _entries(collection, ListKind.INCOMING)
        records = _entries(collection, ListKind.RECORDS)
        known = Member.objects.filter(atena_number__in={one.atena_number for one in (*waiting, *records)})
        people = dict(known.values_list("atena_number", "pk"))
        strangers = sum(one.atena_number not in people or one.asked_at is None for one in (*waiting, *records))
        said = f"この団体の人でない、または日時のない記録が{strangers:,}件届きました。取り込んでいません。"
        findings = [Problem(ProblemCode.STRANGER, said)] if strangers else []
        rules = rules_on(timezone.localdate())
        new = _hold(_ours(waiting, people), people, rules.answer_days)
        fresh, conflicts = _keep(_ours(records, people), people, batch, rules.record_years)
        if conflicts:
            text = (
                f"前に受け取った情報提供等記録と内容の違うものが{conflicts:,}件届きました。前の記録のままにしています。"
            )
            findings.append(Problem(ProblemCode.CONFLICT, text))
        if collection.complete:
            findings += refusals.note(batch, collection.outcomes)
            batch.lists = refusals.given_of(batch.lists, collection.outcomes)
            batch.save(update_fields=["lists"])
        batches.note_findings(batch, findings)
        for event, members in (
            (Event.LINKAGE_INCOMING_RECEIVED, [one.member_id for one in new]),
            (Event.LINKAGE_RECORD_COLLECTED, [one.member_id for one in fresh]),
        ):
            if members:
                people_of = batches.people(sorted(set(members)))
                record_parts(event, people_of, detail={"lines": len(members)}, case=batches.case_of(batch))
        return len(new) + len(fresh)

    def release(self, batch: Batch) -> None:
        """A list has no lines that wait."""

    def answers_in_call(self, capabilities: Capabilities) -> bool:
        return capabilities.act_in_call

    def is_settled(self, collection: Collection) -> bool:
        return collection.complete

    def uncleared(self) -> list[Batch]:
        return list(batches.uncleared(self.kind))

    def may_change(self, batch: Batch) -> bool:
        return False

    def tally(self, capabilities: Capabilities) -> Tally:
        return Tally(0, len(ListKind))

    def counters(self) -> dict[str, int]:
        waiting = HeldInquiry.objects.filter(state=HeldInquiry.State.WAITING).count()
        return {"回答を待つ照会": waiting, "情報提供等記録": ExchangeRecord.objects.count()}


def _windows_of_a_run(
    today: date, since: date | None, *, recent: bool
) -> Iterator[tuple[windows.Window, list[ListKind]]]:
    """The last days, unless they are under way, then what is missing before them; each with the lists to ask for."""
    if recent and (kinds := refusals.kinds_to_ask()):
        yield windows.recent(today), kinds
    years, wanted = rules_on(today).record_years, defaultdict(list)
    for kind in refusals.kinds_to_ask():
        for window in windows.earlier(kind, today, since, years, refusals.windows_of(kind)):
            wanted[window].append(kind)
    for window in windows.next_of(wanted, today):
        yield window, wanted[window]


def _entries(collection: Collection, kind: ListKind) -> tuple[ListedEntry, ...]:
    outcome = collection.outcomes.get(kind.value)
    return outcome.entries if isinstance(outcome, Listed) else ()


def _ours(entries: Iterable[ListedEntry], people: dict[str, int]) -> list[ListedEntry]:
    return [one for one in entries if one.atena_number in people and one.asked_at is not None]


def _hold(entries: Sequence[ListedEntry], people: dict[str, int], days: int) -> list[HeldInquiry]:
    known = set(HeldInquiry.objects.filter(entry__in=[one.entry for one in entries]).values_list("entry", flat=True))
    new = [
        HeldInquiry(
            entry=one.entry,
            member_id=people[one.atena_number],
            party=one.party,
            item=one.item,
            record_number=one.record_number,
            asked_at=one.asked_at,
            due_on=timezone.localdate(one.asked_at) + timedelta(days=days),
        )
        for one in entries
        if one.entry not in known and one.asked_at is not None
    ]
    HeldInquiry.objects.bulk_create(new, batch_size=1_000)
    note_steps(new, HeldInquiry.State.WAITING)
    return new


def _keep(
    entries: Sequence[ListedEntry], people: dict[str, int], batch: Batch, years: int
) -> tuple[list[ExchangeRecord], int]:
    """The new records, and how many contradict one that is kept. A time of provision that was not told before is added."""
    before = ExchangeRecord.objects.filter(entry__in=[one.entry for one in entries])
    kept = {(one.entry, one.provided): one for one in before}
    new, conflicts, later = [], 0, []
    for one in entries:
        found, told = kept.get((one.entry, one.provided)), _record(one, people, batch, years)
        if found is None:
            new.append(told)
        elif _content(found) != _content(told) or (found.provided_at and found.provided_at != told.provided_at):
            conflicts += 1
        elif found.provided_at != told.provided_at:
            found.provided_at = told.provided_at
            later.append(found)
    ExchangeRecord.objects.bulk_create(new, batch_size=1_000)
    ExchangeRecord.objects.bulk_update(later, ["provided_at"], batch_size=1_000)
    return new, conflicts


def _content(one: ExchangeRecord) -> tuple[object, ...]:
    return one.member_id, one.party, one.item, one.asked_at


def _record(one: ListedEntry, people: dict[str, int], batch: Batch, years: int) -> ExchangeRecord:
    asked = one.asked_at or timezone.now()
    return ExchangeRecord(
        entry=one.entry,
        provided=one.provided,
        member_id=people[one.atena_number],
        party=one.party,
        item=one.item,
        asked_at=asked,
        provided_at=one.provided_at,
        keep_until=_years_on(timezone.localdate(one.provided_at or asked), years),
        batch=batch,
    )


def _years_on(day: date, years: int) -> date:
    """The last day of the year of keeping: a leap day counts as 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
