"""Answers against what was asked: one outcome for each line, whatever the file looks like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from integrations.atena_adapters.dialects.base import DecodedRow
from integrations.atena_adapters.fields import ANSWER_TO, key_of
from integrations.atena_adapters.outcomes import (
    MalformedAnswer,
    NotAccepted,
    Outcome,
    Pending,
    Refused,
    RegistrationRejected,
    is_open,
)
from integrations.atena_adapters.receipts import AskedLine, Problem, ProblemCode, SubmissionReceipt
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.rows import outcome_of


class Reconciliation:
    """Collects the outcomes of one batch over any number of files, in any order, doubled or not."""

    def __init__(self, receipt: SubmissionReceipt) -> None:
        self._kind = receipt.kind
        self._key = key_of(ANSWER_TO[receipt.kind.value])
        self._asked = {line.line_id: line for line in receipt.lines}
        self._outcomes: dict[str, Outcome] = {line.line_id: Pending() for line in receipt.lines}
        self._counts = dict.fromkeys((ProblemCode.STRANGER, ProblemCode.DOUBLED, ProblemCode.CONFLICT), 0)
        self._conflicts: set[str] = set()
        self.reject(receipt.rejected)

    def reject(self, reasons: Mapping[str, str]) -> None:
        """Lines that were not sent or not taken."""
        for line_id, reason in reasons.items():
            if line_id in self._outcomes:
                self._outcomes[line_id] = _rejection(self._kind, reason)

    def add(self, rows: Iterable[DecodedRow]) -> None:
        """The lines of one answer file."""
        for row in rows:
            asked = self._asked.get(row.values.get(self._key) or "")
            if asked is None:
                self._counts[ProblemCode.STRANGER] += 1
            else:
                self._settle(asked.line_id, self._read(asked, row))

    def outcomes(self) -> dict[str, Outcome]:
        """One outcome for every line, in the order asked."""
        return dict(self._outcomes)

    def problems(self) -> list[Problem]:
        """What people should know about the files as a whole."""
        texts = {
            ProblemCode.STRANGER: "照会していない明細の回答が{n}件ありました。取り込んでいません。統合宛名の担当へ確かめてください。",
            ProblemCode.DOUBLED: "同じ回答が二度届いた明細が{n}件ありました。一度だけ取り込みました。",
            ProblemCode.CONFLICT: "内容の違う回答が二つ届いた明細が{n}件ありました。どちらも取り込んでいません。",
        }
        return [Problem(code, texts[code].format(n=count)) for code, count in self._counts.items() if count]

    def _read(self, asked: AskedLine, row: DecodedRow) -> Outcome:
        if row.error:
            return MalformedAnswer(row.error)
        answered = row.values.get("atena_number")
        if answered and answered != asked.atena_number:
            return MalformedAnswer("照会した人と違う宛名番号の回答です。")
        kind = row.values.get("kind")
        if kind and asked.kind and kind != asked.kind.value:
            return MalformedAnswer("照会した情報と違う種類の回答です。")
        if not row.values.get("result"):
            return MalformedAnswer("結果のコードがありません。")
        return outcome_of(self._kind, asked.kind, row.values)

    def _settle(self, line_id: str, new: Outcome) -> None:
        known = self._outcomes[line_id]
        if line_id in self._conflicts or (is_open(new) and not is_open(known)):
            return
        if is_open(known):
            self._outcomes[line_id] = new
        elif known == new:
            self._counts[ProblemCode.DOUBLED] += 1
        else:
            self._conflicts.add(line_id)
            self._counts[ProblemCode.CONFLICT] += 1
            self._outcomes[line_id] = MalformedAnswer("内容の違う回答が二つ届きました。")


def _rejection(kind: RequestKind, reason: str) -> Outcome:
    if kind is RequestKind.REGISTRATION:
        return RegistrationRejected(reason)
    return Refused(reason) if kind in (RequestKind.INQUIRY, RequestKind.LINKAGE) else NotAccepted(reason)
