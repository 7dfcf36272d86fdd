"""The adapter of a link that is no longer used: its history can be read, nothing is sent."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime

from integrations.atena_adapters.dialects.base import Dialect
from integrations.atena_adapters.errors import BatchInvalid
from integrations.atena_adapters.port import Capabilities, CheckResult, CheckState, Health
from integrations.atena_adapters.reading import reread
from integrations.atena_adapters.receipts import Collection, SubmissionReceipt
from integrations.atena_adapters.requests import AnyBatch, InquiryKind
from integrations.atena_adapters.sending_nothing import SendsNothing

_TEXT = "この連携は廃止されています。過去のやり取りは読めますが、送信は行いません。"


class RetiredAdapter(SendsNothing):
    """Implements `AtenaAdapter` for reading kept exchanges in the dialect they were written in."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def capabilities(self) -> Capabilities:
        """Nothing can be asked."""
        return Capabilities(
            inquiry_kinds=frozenset[InquiryKind](),
            batch_limit=1,
            registers=False,
            registration_in_call=False,
            inquiry_in_call=False,
            poll_seconds=86_400.0,
            operator_fields=frozenset(),
            needs_unified_number=False,
            updates=False,
            provides=False,
            checks_linkage=False,
            sends=False,
        )

    def is_open(self, moment: datetime) -> bool:
        """Never."""
        return False

    def collect(self, receipt: SubmissionReceipt, *, gaps: bool = False) -> Collection:
        """Nothing can come any more: lines that were not answered stay open, to be closed by people."""
        return reread(self._dialect, receipt, ())

    def reread(self, receipt: SubmissionReceipt, payloads: Sequence[bytes]) -> Collection:
        """The outcomes that kept answers state."""
        return reread(self._dialect, receipt, payloads)

    def finish(self, receipt: SubmissionReceipt, read: Container[str]) -> bool:
        """There is no place of exchange any more."""
        return True

    def health(self) -> Health:
        """Well enough for what it does."""
        return Health(ok=True, message=_TEXT)

    def check_config(self) -> list[CheckResult]:
        """It cannot go live."""
        return [
            CheckResult(
                "接続", CheckState.FAILED, _TEXT, "使い続けるときは、接続の方法を選んだ新しい版を作成してください。"
            )
        ]

    def _not_sent(self, batch: AnyBatch) -> SubmissionReceipt:
        raise BatchInvalid(f"{_TEXT}({len(batch.lines)}件は送っていません)")
