"""The receipt file: what the other side took, and what it did not."""

from __future__ import annotations

from dataclasses import dataclass, field

from integrations.atena_adapters.dialects.base import Dialect
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import Message, Row
from integrations.atena_adapters.masking import HIDDEN, Masked
from integrations.atena_adapters.receipts import Problem, ProblemCode, SubmissionReceipt


@dataclass(frozen=True, slots=True, repr=False)
class Acknowledgement(Masked):
    """Reasons for lines not taken, by line id, or findings about the receipt itself: of one that is doubtful nothing is applied.

    `whole`: the file was refused as such, so that nobody can say whether its lines were read.
    """

    rejected: dict[str, str] = field(metadata=HIDDEN, default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = False

    @property
    def trusted(self) -> bool:
        """Whether it is the receipt of what was sent; only then may the request be taken away."""
        return not self.problems


def read_acknowledgement(dialect: Dialect, receipt: SubmissionReceipt, payload: bytes) -> Acknowledgement:
    """Read a receipt: its first line is about the file, further lines about lines not taken."""
    try:
        rows = [row.values for row in dialect.decode(Message.RECEIPT, payload).rows if not row.error]
    except AnswerUnreadable as error:
        return Acknowledgement(problems=[Problem(ProblemCode.UNREADABLE, f"受領通知: {error.message}")])
    if not rows:
        return Acknowledgement(
            problems=[Problem(ProblemCode.UNREADABLE, "受領通知を読めません。書式の設定を確かめてください。")]
        )
    summary, lines = rows[0], rows[1:]
    if summary.get("sha256") not in (None, "", receipt.sha256):
        return Acknowledgement(problems=[_mismatch("受領通知のSHA-256が、送ったファイルと違います。")])
    if summary.get("status") == "rejected":
        reason = summary.get("reason") or "ファイル全体が受け付けられませんでした。"
        return Acknowledgement({line.line_id: reason for line in receipt.lines}, whole=not lines)
    rejected = {row.get("line_id") or "": row.get("reason") or "受け付けられませんでした。" for row in lines}
    problems = _compare_counts(receipt, summary, len(rejected))
    return Acknowledgement({} if problems else rejected, problems)


def _compare_counts(receipt: SubmissionReceipt, summary: Row, rejected: int) -> list[Problem]:
    sent = len(receipt.lines) - len(receipt.rejected)
    if (summary.get("accepted"), summary.get("rejected")) == (str(sent - rejected), str(rejected)):
        return []
    return [_mismatch("受領通知の件数が、送った件数と合いません。")]


def _mismatch(text: str) -> Problem:
    return Problem(ProblemCode.RECEIPT_MISMATCH, f"{text}統合宛名の担当へ確かめてください。")
