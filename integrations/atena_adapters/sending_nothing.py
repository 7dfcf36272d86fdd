"""What the adapters that send nothing have in common: every kind of request ends in the same way."""

from __future__ import annotations

from abc import ABC, abstractmethod

from integrations.atena_adapters.receipts import SubmissionReceipt
from integrations.atena_adapters.requests import (
    AnyBatch,
    InquiryBatch,
    LinkageBatch,
    ListingBatch,
    ProvisionBatch,
    RegistrationBatch,
    ReleaseBatch,
    UpdateBatch,
    WithdrawalBatch,
)


class SendsNothing(ABC):
    """The six kinds of request of `AtenaAdapter`."""

    @abstractmethod
    def _not_sent(self, batch: AnyBatch) -> SubmissionReceipt:
        """What becomes of a batch that goes nowhere."""

    def register(self, batch: RegistrationBatch) -> SubmissionReceipt:
        """Not sent."""
        return self._not_sent(batch)

    def update(self, batch: UpdateBatch) -> SubmissionReceipt:
        """Not sent."""
        return self._not_sent(batch)

    def withdraw(self, batch: WithdrawalBatch) -> SubmissionReceipt:
        """Not sent."""
        return self._not_sent(batch)

    def check_linkage(self, batch: LinkageBatch) -> SubmissionReceipt:
        """Not sent."""
        return self._not_sent(batch)

    def submit_inquiry(self, batch: InquiryBatch) -> SubmissionReceipt:
        """Not sent."""
        return self._not_sent(batch)

    def provide(self, batch: ProvisionBatch) -> SubmissionReceipt:
        """Not sent."""
        return self._not_sent(batch)

    def fetch_lists(self, batch: ListingBatch) -> SubmissionReceipt:
        """Not sent."""
        return self._not_sent(batch)

    def release(self, batch: ReleaseBatch) -> SubmissionReceipt:
        """Not sent."""
        return self._not_sent(batch)
