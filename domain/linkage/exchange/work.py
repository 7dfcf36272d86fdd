"""What registering and inquiring have in common, as the loop sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from domain.linkage.models import Batch
from integrations.atena_adapters.port import AtenaAdapter, Capabilities, Collection, Operator, SubmissionReceipt


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which a new batch is made: the configuration in force, who asks, at most how many lines."""

    adapter_version: int
    capabilities: Capabilities
    operator: Operator
    limit: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Lines that are done and lines of the whole list that can be done now."""

    done: int
    total: int


class Work(Protocol):
    """One kind of request. Methods that write are called inside a transaction of their own."""

    kind: Batch.Kind
    title: str

    def prepare(self, terms: Terms) -> Batch | None:
        """A new batch of waiting lines, or None when none wait."""

    def leave_out(self, batch: Batch, capabilities: Capabilities) -> bool:
        """Before anything of the batch goes out: take out whoever must not go any more. Whether anybody is left.

        `capabilities`: of the link by which it goes out, which may be another than when it was prepared.
        """

    def submit(self, adapter: AtenaAdapter, batch: Batch) -> SubmissionReceipt:
        """Hand the batch over. The same batch again is the same on the wire."""

    def mark_sent(self, batch: Batch) -> None:
        """Its lines are with the other side."""

    def apply(self, batch: Batch, collection: Collection) -> int:
        """Take in what came back; how many lines changed. The same again changes nothing."""

    def release(self, batch: Batch) -> None:
        """Nothing of the batch went out: its lines wait again."""

    def answers_in_call(self, capabilities: Capabilities) -> bool:
        """Whether the answer comes within the sending."""

    def is_settled(self, collection: Collection) -> bool:
        """Whether collecting again cannot change anything."""

    def uncleared(self) -> list[Batch]:
        """Collected batches whose place of exchange was not cleared yet."""

    def may_change(self, batch: Batch) -> bool:
        """Whether a collected batch has lines that a later collection may still change."""

    def tally(self, capabilities: Capabilities) -> Tally:
        """How far the list is."""

    def counters(self) -> dict[str, int]:
        """The figures shown at the end, from queries, so that an interruption cannot falsify them."""
