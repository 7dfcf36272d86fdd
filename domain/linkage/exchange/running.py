"""The loop of a link job: keep a window of batches with the other side, look for answers, take them in, clear the place.

Where it may be cut off, and what the next run finds:
before sending (a prepared batch: goes out), after sending (the same batch goes out again, the same on the wire), after
collecting (the same answers: nothing changes), before clearing (collected but not cleared: cleared).

A batch that fails keeps no other from its turn (`troubles`): the run ends with what went wrong after the others were looked at.
One that is not answered in time keeps no place of the window (`overdue`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from domain.linkage.errors import ExchangeStopped
from domain.linkage.exchange import batches, late, overdue
from domain.linkage.exchange.adapters import adapter_of_version, versions_elsewhere
from domain.linkage.exchange.troubles import Troubles
from domain.linkage.exchange.work import Terms, Work
from domain.linkage.models import Batch
from domain.vault.services import ListMissing
from integrations.atena_adapters.errors import (
    AtenaError,
    BatchAltered,
    BatchInvalid,
    BatchUnknown,
    ConfigurationInvalid,
    OutOfHours,
)
from integrations.atena_adapters.port import AtenaAdapter, Collection, SubmissionReceipt
from integrations.atena_adapters.transports.apart import meanwhile
from jobs.handle import JobHandle

LINES_A_BATCH = 1_000
WINDOW = 12
"""Batches with the other side at a time: it works on some while we prepare and read others."""

IN_PLACE_SECONDS = 10.0
"""The job waits for an answer in its slot for so long; then it leaves the slot to others and comes back later."""

PATIENCE_SECONDS = 600.0
"""Without any news for so long (where people carry it: at once), the job ends and leaves the rest 「回答待ち」.

Starting it again goes on where it stopped.
"""

SLICE_SECONDS = 1.0
LONGEST_ABSENCE = 60.0
SLOWEST = 8


class ExchangeRun:
    """One run of one kind of work under one job. `troubles`: of a job of several runs, which tells them at its end itself."""

    def __init__(
        self,
        work: Work,
        terms: Terms,
        handle: JobHandle,
        *,
        patience: float | None = None,
        troubles: Troubles | None = None,
    ) -> None:
        self._work = work
        self._patience = patience
        self._troubles, self._tells = troubles or Troubles(), troubles is None
        self._sends = True
        self._terms = terms
        self._handle = handle
        self._adapters: dict[int, AtenaAdapter] = {}
        self._elsewhere = versions_elsewhere()
        tally = work.tally(terms.capabilities)
        self._done, self._total = tally.done, tally.total

    def run(self) -> None:
        """Until nothing waits and nothing is open, or no news came for PATIENCE_SECONDS. May raise ComeBack on the way."""
        with meanwhile(self._still_there):
            self._exchange()

    def _exchange(self) -> None:
        self._report("準備")
        self._look_again()
        waited, pause = 0.0, self._terms.capabilities.poll_seconds
        while True:
            news = self._fill_window()
            in_time = batches.in_turn(overdue.in_window(self._sent()))
            open_batches = [batch for batch in in_time if self._troubles.allow(batch)]
            if not open_batches:
                break
            for batch in open_batches:
                news = self._tried(self._collect, batch) or news
            if news:
                self._handle.heard()
                waited, pause = 0.0, self._terms.capabilities.poll_seconds
                continue
            if self._terms.capabilities.by_people or waited + self._handle.quiet_seconds >= self._patience_seconds():
                self._leave_open(open_batches)
                break
            if waited + pause > IN_PLACE_SECONDS or self._handle.quiet_seconds:
                self._come_back_later(waited)
            self._wait(pause)
            waited += pause
            pause = min(pause * 1.5, self._terms.capabilities.poll_seconds * SLOWEST)
        self._ask_overdue()
        self._end()

    def _patience_seconds(self) -> float:
        return PATIENCE_SECONDS if self._patience is None else min(self._patience, PATIENCE_SECONDS)

    def collect_once(self) -> None:
        """Look once for what came in (overnight answers, held ones that were released); nothing new goes out."""
        with meanwhile(self._still_there):
            self._look_once()

    def _look_once(self) -> None:
        self._report("受信")
        self._look_again()
        for batch in list(batches.in_turn(overdue.in_window(self._sent()))):
            self._tried(self._collect, batch)
        self._ask_overdue()
        self._end()

    def _end(self) -> None:
        for name, figure in self._work.counters().items():
            self._handle.set_count(name, figure)
        self._report("終了")
        if self._tells:
            self._troubles.tell()

    def _tried(self, act: Callable[[Batch], bool], batch: Batch) -> bool:
        """Whether anything was new; what goes wrong is noted, and the next batch has its turn."""
        if not self._troubles.allow(batch):
            return False
        try:
            return act(batch)
        except AtenaError as error:
            self._troubles.note(batch, error)
        except ListMissing as error:
            self._sends = False
            self._troubles.note_without_list(batch, error)
        return False

    # --- sending -----------------------------------------------------------------------------------------------------

    def _fill_window(self) -> bool:
        sent = False
        # What is with an earlier vendor takes no place of this one's.
        room = WINDOW - overdue.in_window(self._sent()).exclude(adapter_version__in=self._elsewhere).count()
        while room > 0 and self._may_send() and (batch := self._next()) is not None:
            room -= 1
            sent = self._tried(self._send, batch) or sent
        return sent

    def _may_send(self) -> bool:
        return self._sends and self._terms.adapter_version not in self._troubles.away

    def _next(self) -> Batch | None:
        """A batch that was prepared before, else a new one."""
        prepared = Batch.objects.filter(kind=self._work.kind, state=Batch.State.PREPARED)
        left = batches.in_turn(prepared.exclude(pk__in=self._troubles.stuck)).first()
        if left is not None:
            return left
        with transaction.atomic():
            self._handle.fence()
            return self._work.prepare(self._terms)

    def _send(self, batch: Batch) -> bool:
        self._report("送信")
        if batch.adapter_version != self._terms.adapter_version:
            # What is about to go out goes out under the configuration of today; only answers keep to their own.
            Batch.objects.filter(pk=batch.pk).update(adapter_version=self._terms.adapter_version)
            batch.refresh_from_db()
        adapter = self._adapter(batch)
        _require_open(adapter)
        first = batch.tried_at is None
        if first and not self._begun(adapter, batch):
            return True
        try:
            receipt = self._submitted(adapter, batch)
        except Exception as error:
            if first and batches.stayed_here(batch, error):
                self._not_begun(batch)
            raise
        if receipt is None:
            return False
        with transaction.atomic():
            self._handle.fence()
            batches.mark_sent(batch, receipt, overdue.patience(adapter.capabilities()))
            self._work.mark_sent(batch)
        if receipt.answer is not None:
            self._take_in(batch, adapter, receipt.answer)
        return True

    def _begun(self, adapter: AtenaAdapter, batch: Batch) -> bool:
        """From here on the batch may be with the other side, and stays as it is. False: nobody of it may go any more."""
        with transaction.atomic():
            self._handle.fence()
            left = self._work.leave_out(batch, adapter.capabilities())
            batches.mark_tried(batch, nothing_left=not left)
        return left

    def _not_begun(self, batch: Batch) -> None:
        """It surely did not leave: who may not go any more when it does is taken out then."""
        with transaction.atomic():
            self._handle.fence()
            batches.mark_untried(batch)

    def _submitted(self, adapter: AtenaAdapter, batch: Batch) -> SubmissionReceipt | None:
        """None: nothing went out, and its lines are free again.

        It would not be the same on the wire any more: they go with another batch. It breaks a rule of the adapter: this run makes no
        other of them.
        """
        try:
            return self._work.submit(adapter, batch)
        except BatchAltered as error:
            self._give_back(batch, error)
            self._late(batch)  # what lies there of the earlier sending
        except BatchInvalid as error:
            self._give_back(batch, error)
            self._sends = False
            self._troubles.errors.append(ExchangeStopped(error.message))
        return None

    def _give_back(self, batch: Batch, error: AtenaError) -> None:
        with transaction.atomic():
            self._handle.fence()
            self._work.release(batch)
            batches.note_problem(batch, error.message, error.code)
            Batch.objects.filter(pk=batch.pk).update(state=Batch.State.FAILED)
        batch.refresh_from_db()

    # --- collecting --------------------------------------------------------------------------------------------------

    def _sent(self) -> QuerySet[Batch]:
        return Batch.objects.filter(kind=self._work.kind, state=Batch.State.SENT)

    def _collect(self, batch: Batch) -> bool:
        """Whether anything was new."""
        self._report("受信")
        adapter = self._adapter(batch)
        late = overdue.is_overdue(batch)
        if self._work.answers_in_call(adapter.capabilities()):
            # Asking is sending here: it is left to people once its time is over, but lines that were held are asked for on.
            silent = late and batch.state == Batch.State.SENT
            return not silent and self._ask_in_call(adapter, batch)
        try:
            collection = adapter.collect(batches.receipt_of(batch))
        except BatchUnknown:
            if late:
                return overdue.tell_lost(batch)
            batches.mark_unsent(batch)
            return True
        return self._take_in(batch, adapter, overdue.still_waiting(batch.kind, collection))

    def _ask_overdue(self) -> None:
        """Asked about once a run and last, sent again never; who is left is told to people."""
        for batch in list(batches.in_turn(overdue.past_window(self._sent()))):
            self._tried(self._collect, batch)
            overdue.tell(batch)

    def _ask_in_call(self, adapter: AtenaAdapter, batch: Batch) -> bool:
        """Cut off between answer and storing: the same batch brings the same answer again."""
        _require_open(adapter)
        receipt = self._submitted(adapter, batch)
        return receipt is not None and self._take_in(batch, adapter, receipt.answer or adapter.collect(receipt))

    def _take_in(self, batch: Batch, adapter: AtenaAdapter, collection: Collection) -> bool:
        was_open = batch.state == Batch.State.SENT
        with transaction.atomic():
            self._handle.fence()
            # Two jobs that read the same delivery take it in one after the other; the second finds nothing new.
            now = Batch.objects.select_for_update().get(pk=batch.pk)
            if batches.is_stopped(now) and not self._work.may_change(now):
                late.tell(now, collection)  # people stopped waiting while it was read
                return False
            changed = self._work.apply(batch, collection)
            batches.note_findings(batch, collection.problems)
            if collection.complete:
                batches.mark_collected(batch)
        if self._work.is_settled(collection):
            self._clear(batch, adapter, collection.read)
        if was_open:
            self._done = min(self._done + changed, self._total)
        return changed > 0 or collection.complete

    def _clear(self, batch: Batch, adapter: AtenaAdapter, read: Container[str]) -> None:
        """Only what was read goes; else the next run looks again."""
        if adapter.finish(batches.receipt_of(batch), read):
            with transaction.atomic():
                batches.mark_cleared(batch)

    def _look_again(self) -> None:
        """Once a run: batches whose held lines may have been answered, or whose place was not cleared; not for ever."""
        for batch in [*self._work.uncleared(), *batches.given_back(self._work.kind)]:
            nobodys, may_change = late.is_nobodys(batch), self._work.may_change(batch)
            elsewhere = batch.adapter_version in self._elsewhere
            self._tried(self._late if nobodys or elsewhere else self._again, batch)
            vanished = elsewhere and not self._troubles.allow(batch)
            if nobodys or vanished or not may_change:
                late.give_up(batch, self._adapter)

    def _again(self, batch: Batch) -> bool:
        if self._work.may_change(batch):
            return self._collect(batch)
        return self._emptied(batch) if late.is_nobodys(batch) else self._clear_left(batch)

    def _clear_left(self, batch: Batch) -> bool:
        """Cut off before its place was empty, or something came since the last look: that is taken in like any answer."""
        adapter = self._adapter(batch)
        collection = late.look(adapter, batch)
        if collection is not None and not self._work.answers_in_call(adapter.capabilities()):
            with transaction.atomic():
                self._handle.fence()
                self._work.apply(batch, overdue.still_waiting(batch.kind, collection))
                batches.note_findings(batch, collection.problems)
        self._clear(batch, adapter, late.read_of(collection))
        return False

    def _late(self, batch: Batch) -> bool:
        """Of a batch that nobody waits for any more, or of an earlier vendor: that they cannot be reached is no trouble of the job."""
        try:
            return self._again(batch)
        except AtenaError as error:
            self._troubles.pass_over(batch, error, told=batch.adapter_version == self._terms.adapter_version)
        return False

    def _emptied(self, batch: Batch) -> bool:
        """Nobody waits for it: what the other side still puts there is read before it is erased."""
        adapter = self._adapter(batch)
        collection = late.look(adapter, batch)
        with transaction.atomic():
            self._handle.fence()
            late.tell(batch, collection)
        empty = adapter.finish(batches.trace_of(batch), late.read_of(collection))
        over = late.since(batch) + overdue.patience(adapter.capabilities()) <= timezone.now()
        if empty and (over or late.is_whole(collection)):
            with transaction.atomic():
                batches.mark_cleared(batch)
        return False

    # --- waiting -----------------------------------------------------------------------------------------------------

    def _wait(self, seconds: float) -> None:
        """Sleep in slices shorter than the lease."""
        self._report("回答待ち")
        while seconds > 0:
            time.sleep(min(seconds, SLICE_SECONDS))
            seconds -= SLICE_SECONDS
            self._handle.advance(self._done)

    def _come_back_later(self, waited: float) -> None:
        """Nothing of the job waits in a slot while the other side works; the longer it is silent, the rarer a look."""
        self._report("回答待ち")
        quiet = max(IN_PLACE_SECONDS, waited, self._handle.quiet_seconds)
        absence = max(self._terms.capabilities.poll_seconds, min(quiet, LONGEST_ABSENCE))
        self._handle.come_back(absence, quiet=waited)

    def _still_there(self) -> None:
        """While a transport waits: the lease is renewed, a cancellation is heard."""
        self._handle.advance(self._done)

    def _leave_open(self, open_batches: list[Batch]) -> None:
        with transaction.atomic():
            Batch.objects.filter(pk__in=[batch.pk for batch in open_batches], problem="").update(
                problem=batches.WAITING
            )

    def _report(self, step: str) -> None:
        self._handle.advance(self._done, self._total, f"{self._work.title}: {step}")

    def _adapter(self, batch: Batch) -> AtenaAdapter:
        version = batch.adapter_version
        if version not in self._adapters:
            self._adapters[version] = adapter_of_version(version)
        return self._adapters[version]


def _require_open(adapter: AtenaAdapter) -> None:
    """Before any number is opened and before the batch counts as tried. Raises OutOfHours, ConfigurationInvalid without a link."""
    if not adapter.capabilities().sends:
        raise ConfigurationInvalid(adapter.health().message)
    if not adapter.is_open(timezone.now()):
        raise OutOfHours
