"""The adapter of a prefecture without a link: it warns, and answers nothing."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import datetime

from integrations.atena_adapters.outcomes import Pending
from integrations.atena_adapters.port import Capabilities, CheckResult, CheckState, Health
from integrations.atena_adapters.receipts import AskedLine, Collection, SubmissionReceipt
from integrations.atena_adapters.requests import AnyBatch, InquiryKind, kind_of
from integrations.atena_adapters.sending_nothing import SendsNothing

_TEXT = "統合宛名との連携が設定されていません。送信は行われず、回答も届きません。"


class NoLinkWarning(UserWarning):
    """Something was handed to an adapter that goes nowhere."""


class NullAdapter(SendsNothing):
    """Implements `AtenaAdapter` without another side.  For development, and until a link is configured."""

    def capabilities(self) -> Capabilities:
        """Everything may be asked; nothing is ever answered."""
        return Capabilities(
            inquiry_kinds=frozenset(InquiryKind),
            batch_limit=1000,
            registers=True,
            registration_in_call=False,
            inquiry_in_call=False,
            poll_seconds=3600.0,
            operator_fields=frozenset(),
            needs_unified_number=False,
            production=False,
        )

    def is_open(self, moment: datetime) -> bool:
        """Always: nothing goes anywhere."""
        return True

    def reread(self, receipt: SubmissionReceipt, payloads: Sequence[bytes]) -> Collection:
        """There never was an answer."""
        return self.collect(receipt)

    def collect(self, receipt: SubmissionReceipt) -> Collection:
        """Everything stays pending."""
        return Collection(receipt.batch_id, {line.line_id: Pending() for line in receipt.lines})

    def finish(self, receipt: SubmissionReceipt) -> None:
        """Nothing to clear."""

    def health(self) -> Health:
        """Never well: a live prefecture must not run on this."""
        return Health(ok=False, message=_TEXT)

    def check_config(self) -> list[CheckResult]:
        """One warning."""
        return [CheckResult("接続", CheckState.WARNING, _TEXT, "通信の設定で、接続の方法を選んでください。")]

    def _not_sent(self, batch: AnyBatch) -> SubmissionReceipt:
        return _receipt(batch)


def _receipt(batch: AnyBatch) -> SubmissionReceipt:
    warnings.warn(_TEXT, NoLinkWarning, stacklevel=4)
    submitted: datetime = batch.made_at
    return SubmissionReceipt(
        kind=kind_of(batch),
        batch_id=batch.batch_id,
        sequence=batch.sequence,
        made_at=batch.made_at,
        submitted_at=submitted,
        sha256="",
        lines=tuple(AskedLine(line.line_id, line.atena_number) for line in batch.lines),
    )
