"""The adapter of a prefecture without a link: it says so, sends nothing and cannot be put in force.

It is what a configuration is before anybody chose a way of connecting. Taking a batch in silence would leave people waiting for an
answer that nobody can give, so a batch is refused as `Retired` refuses it: its lines are free for the link that comes.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime

from integrations.atena_adapters.errors import BatchInvalid
from integrations.atena_adapters.outcomes import Pending
from integrations.atena_adapters.port import Capabilities, CheckResult, CheckState, Health
from integrations.atena_adapters.receipts import Collection, SubmissionReceipt
from integrations.atena_adapters.requests import AnyBatch, InquiryKind
from integrations.atena_adapters.sending_nothing import SendsNothing

_TEXT = "統合宛名との連携が設定されていません。送信は行われず、回答も届きません。"


class NullAdapter(SendsNothing):
    """Implements `AtenaAdapter` without another side, until a link is configured."""

    def capabilities(self) -> Capabilities:
        """Everything may be wanted; nothing is sent."""
        return Capabilities(
            inquiry_kinds=frozenset(InquiryKind),
            batch_limit=1000,
            registers=True,
            registration_in_call=False,
            inquiry_in_call=False,
            poll_seconds=3600.0,
            operator_fields=frozenset(),
            needs_unified_number=False,
            sends=False,
        )

    def is_open(self, moment: datetime) -> bool:
        """Always: whoever sends is to hear that there is no link, not that the hours are over."""
        return True

    def reread(self, receipt: SubmissionReceipt, payloads: Sequence[bytes]) -> Collection:
        """There never was an answer."""
        return self.collect(receipt)

    def collect(self, receipt: SubmissionReceipt, *, gaps: bool = False) -> Collection:
        """Everything stays pending."""
        return Collection(receipt.batch_id, {line.line_id: Pending() for line in receipt.lines})

    def finish(self, receipt: SubmissionReceipt, read: Container[str]) -> bool:
        """Nothing to clear."""
        return True

    def health(self) -> Health:
        """Never well: a live prefecture must not run on this."""
        return Health(ok=False, message=_TEXT)

    def check_config(self) -> list[CheckResult]:
        """It cannot go live."""
        return [CheckResult("接続", CheckState.FAILED, _TEXT, "通信の設定で、接続の方法を選んでください。")]

    def _not_sent(self, batch: AnyBatch) -> SubmissionReceipt:
        raise BatchInvalid(f"{_TEXT}({len(batch.lines)}件は送っていません)")
