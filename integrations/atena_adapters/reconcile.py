"""Answers against what was asked: one outcome for each line, whatever the file looks like."""

from __future__ import annotations

from collections.abc import Mapping

from integrations.atena_adapters.dialects.base import Decoded, DecodedRow, Locate
from integrations.atena_adapters.dialects.shapes import shape
from integrations.atena_adapters.fields import ANSWER_TO, key_of
from integrations.atena_adapters.outcomes import (
    Listed,
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
from integrations.atena_adapters.where import Fault, Place


class Reconciliation:
    """Collects the outcomes of one batch over any number of files, in any order, doubled or not."""

    def __init__(self, receipt: SubmissionReceipt) -> None:
        self._kind = receipt.kind
        self._key = key_of(ANSWER_TO[receipt.kind.value])
        self._asked = {line.line_id: line for line in receipt.lines}
        self._outcomes: dict[str, Outcome] = {line.line_id: Pending() for line in receipt.lines}
        codes = (ProblemCode.STRANGER, ProblemCode.DOUBLED, ProblemCode.CONFLICT)
        self._places: dict[ProblemCode, list[Place]] = {code: [] for code in codes}
        self._conflicts: set[str] = set()
        self.reject(receipt.rejected)

    def reject(self, reasons: Mapping[str, str]) -> None:
        """Lines that were not sent or not taken."""
        for line_id, reason in reasons.items():
            if line_id in self._outcomes:
                self._outcomes[line_id] = _rejection(self._kind, reason)

    def add(self, decoded: Decoded) -> None:
        """The lines of one answer file."""
        for at, row in enumerate(decoded.rows):
            asked = self._asked.get(row.values.get(self._key) or "")
            if asked is None:
                self._found(ProblemCode.STRANGER, decoded.locate(at, self._key))
            else:
                place = decoded.locate(at, self._key)
                read = self._read(asked, row, at, decoded.locate)
                self._settle(asked.line_id, self._merged(asked.line_id, read, place), place)

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
        return [
            Problem(
                code,
                f"{texts[code].format(n=len(places))}（最初は{places[0].line}行目、先頭から{places[0].offset}バイト）",
                places[0].line,
                places[0].offset,
            )
            for code, places in self._places.items()
            if places
        ]

    def _read(self, asked: AskedLine, row: DecodedRow, at: int, locate: Locate) -> Outcome:
        if row.error:
            return MalformedAnswer(row.error, row.fault)

        def fault(item: str, expected: str, seen: str) -> Fault:
            place = locate(at, item)
            return Fault(place.line, place.offset, place.item, expected, seen)

        answered = row.values.get("atena_number")
        if answered and answered != asked.atena_number and self._kind is not RequestKind.LISTING:
            text = "照会した人と違う宛名番号の回答です。"
            return MalformedAnswer(text, fault("atena_number", "照会した宛名番号", shape(answered)))
        kind = row.values.get("kind")
        if kind and asked.kind and kind != asked.kind.value:
            text = "照会した情報と違う種類の回答です。"
            return MalformedAnswer(text, fault("kind", asked.kind.value, kind))
        if not row.values.get("result"):
            return MalformedAnswer("結果のコードがありません。", fault("result", "結果のコード", ""))
        return outcome_of(self._kind, asked.kind, row.values)

    def _merged(self, line_id: str, new: Outcome, place: Place) -> Outcome:
        """A list comes in any number of rows and parts; a row told twice counts once, one told differently spoils the list."""
        known = self._outcomes[line_id]
        if not (isinstance(new, Listed) and isinstance(known, Listed)) or line_id in self._conflicts:
            return new
        rows = {entry.entry: entry for entry in known.entries}
        if any(entry != rows.get(entry.entry, entry) for entry in new.entries):
            return MalformedAnswer("内容の違う行が二つ届きました。")
        fresh = tuple(entry for entry in new.entries if entry.entry not in rows)
        for _ in new.entries[len(fresh) :]:
            self._found(ProblemCode.DOUBLED, place)
        self._outcomes[line_id] = Pending()
        return Listed((*known.entries, *fresh))

    def _settle(self, line_id: str, new: Outcome, place: Place) -> None:
        known = self._outcomes[line_id]
        if line_id in self._conflicts or (is_open(new) and not is_open(known)):
            return
        if is_open(known):
            self._outcomes[line_id] = new
        elif known == new:
            self._found(ProblemCode.DOUBLED, place)
        else:
            self._conflicts.add(line_id)
            self._found(ProblemCode.CONFLICT, place)
            second = Fault(place.line, place.offset, place.item, "一つの回答", "内容の違う二つ目")
            self._outcomes[line_id] = MalformedAnswer("内容の違う回答が二つ届きました。", second)

    def _found(self, code: ProblemCode, place: Place) -> None:
        self._places[code].append(place)


def _rejection(kind: RequestKind, reason: str) -> Outcome:
    if kind is RequestKind.REGISTRATION:
        return RegistrationRejected(reason)
    return Refused(reason) if kind in (RequestKind.INQUIRY, RequestKind.LINKAGE) else NotAccepted(reason)
