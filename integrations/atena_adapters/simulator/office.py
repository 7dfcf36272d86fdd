"""The counter of 統合宛名: takes requests, gives receipts, and says which answers are ready.  Knows no transport."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from integrations.atena_adapters.dialects.base import DecodedRow, Dialect
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import ANSWER_TO, Message, Row, key_of
from integrations.atena_adapters.individual_numbers import is_valid
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.simulator.damage import damage_bytes, damage_rows
from integrations.atena_adapters.simulator.faults import Fault, Faults
from integrations.atena_adapters.simulator.ledger import Batch, Ledger
from integrations.atena_adapters.simulator.network import Network
from integrations.atena_adapters.transports.base import Address


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds: until answers, longer for late people, until held answers are released (None: never)."""

    answer: float = 0.3
    late: float = 1.5
    release: float | None = None


class Office:
    """One prefecture's 統合宛名 with the 中間サーバー behind it."""

    def __init__(self, dialect: Dialect, ledger: Ledger, network: Network, faults: Faults, delays: Delays) -> None:
        self._dialect = dialect
        self._ledger = ledger
        self._network = network
        self._faults = faults
        self._delays = delays
        self._lock = threading.RLock()

    def take(self, address: Address, payload: bytes) -> tuple[bool, bytes]:
        """Whether the batch was taken, and its receipt.  Taking the same bytes again changes nothing."""
        digest = hashlib.sha256(payload).hexdigest()
        with self._lock:
            known = self._ledger.find(address.kind, address.batch_id)
            if known is not None:
                return self._again(known, digest)
            try:
                rows = self._dialect.decode(Message(address.kind.value), payload).rows
            except AnswerUnreadable:
                return False, self._refusal("依頼を読めません。書式を確かめてください。", digest, address.batch_id)
            rejected = self._rejections(address.kind, rows)
            key = key_of(Message(address.kind.value))
            accepted = [row.values for row in rows if row.values.get(key) not in rejected]
            batch = Batch(
                kind=address.kind,
                batch_id=address.batch_id,
                sequence=address.sequence,
                made_at=address.made_at.isoformat(),
                sha256=digest,
                accepted_at=time.time(),
                rows=accepted,
                rejected=rejected,
            )
            self._ledger.take(batch)
            return True, self._receipt(batch)

    def find(self, kind: RequestKind, batch_id: str) -> Batch | None:
        """A batch taken earlier; forgotten when the fault strikes."""
        return None if self._faults.strikes(Fault.FORGET) else self._ledger.find(kind, batch_id)

    def open_batches(self) -> list[Batch]:
        """Batches with lines not yet delivered for good."""
        with self._lock:
            return [batch for batch in self._ledger.batches() if len(batch.delivered) < len(batch.rows)]

    def is_ready(self, batch: Batch) -> bool:
        """Whether the first answers of a batch may be given."""
        return time.time() - batch.accepted_at >= self._delays.answer

    def answers(self, batch: Batch) -> list[Row]:
        """The answers to all lines of a batch as of now; late lines say pending."""
        with self._lock:
            return [self._answer(batch, row) for row in batch.rows]

    def rejections(self, batch: Batch) -> list[Row]:
        """The lines not taken, as answers, for a link without receipts."""
        words = {
            RequestKind.REGISTRATION: "rejected",
            RequestKind.LINKAGE: "not_linked",
            RequestKind.INQUIRY: "refused",
        }
        key = key_of(Message(batch.kind.value))
        return [
            {key: line_id, "result": words[batch.kind], "reason": reason} for line_id, reason in batch.rejected.items()
        ]

    def mark_delivered(self, batch: Batch, rows: Sequence[Row]) -> None:
        """Remember which lines have their last answer."""
        key = key_of(Message(batch.kind.value))
        with self._lock:
            batch.delivered |= {row[key] or "" for row in rows if not self._may_change(row)}
            batch.parts += 1
            self._ledger.save(batch)

    def write(self, batch: Batch, rows: list[Row]) -> bytes:
        """An answer message, with the faults that strike now."""
        damaged = damage_rows(rows, batch.kind, self._faults)
        message = ANSWER_TO[batch.kind.value]
        return damage_bytes(self._dialect.encode(message, batch.batch_id, damaged).payload, batch.kind, self._faults)

    @property
    def content_type(self) -> str:
        """The media type of answers."""
        return self._dialect.content_type

    def _again(self, known: Batch, digest: str) -> tuple[bool, bytes]:
        if known.sha256 != digest:
            text = "同じ番号の送信を、別の内容ですでに受け取っています。"
            return False, self._refusal(text, digest, known.batch_id)
        known.delivered.clear()
        known.parts = 0
        return True, self._receipt(known)

    def _may_change(self, row: Row) -> bool:
        return row["result"] == "pending" or (row["result"] == "held" and self._delays.release is not None)

    def _answer(self, batch: Batch, row: Row) -> Row:
        number = self._ledger.individual_number(row.get("atena_number") or "", row.get("unified_number") or "")
        age = time.time() - batch.accepted_at
        if batch.kind is RequestKind.REGISTRATION:
            unified = self._ledger.unified_number(row["individual_number"] or "")
            return {"atena_number": row["atena_number"], "result": "registered", "unified_number": unified}
        if batch.kind is RequestKind.LINKAGE:
            linked = self._network.linked(number)
            reason = "" if linked else "住民票コードから符号を取得できません。"
            return {
                "atena_number": row["atena_number"],
                "result": "linked" if linked else "not_linked",
                "reason": reason,
            }
        if age < self._delays.late and self._network.is_late(number, row["kind"] or ""):
            head = {name: row.get(name) for name in ("line_id", "atena_number", "kind")}
            return head | {"result": "pending"}
        released = self._delays.release is not None and age >= self._delays.release
        return self._network.answer(number, row, batch.batch_id, released=released)

    def _rejections(self, kind: RequestKind, rows: Sequence[DecodedRow]) -> dict[str, str]:
        key = key_of(Message(kind.value))
        found = {row.values.get(key) or "": row.error or self._fault_of(kind, row.values) for row in rows}
        return {line_id: reason for line_id, reason in found.items() if reason}

    def _fault_of(self, kind: RequestKind, row: Row) -> str:
        if kind is RequestKind.REGISTRATION:
            return "" if is_valid(row.get("individual_number") or "") else "個人番号の検査用数字が正しくありません。"
        if self._ledger.individual_number(row.get("atena_number") or "", row.get("unified_number") or "") is None:
            return "宛名番号が登録されていません。"
        return ""

    def _receipt(self, batch: Batch) -> bytes:
        status = "partly" if batch.rejected else "accepted"
        counts = (str(len(batch.rows)), str(len(batch.rejected)))
        head = _receipt_row(status, counts, sha256=batch.sha256)
        lines = [_receipt_row("rejected", counts, line_id, reason) for line_id, reason in batch.rejected.items()]
        return self._dialect.encode(Message.RECEIPT, batch.batch_id, [head, *lines]).payload

    def _refusal(self, reason: str, digest: str, batch_id: str) -> bytes:
        row = _receipt_row("rejected", ("0", "0"), reason=reason, sha256=digest)
        return self._dialect.encode(Message.RECEIPT, batch_id, [row]).payload


def _receipt_row(status: str, counts: tuple[str, str], line_id: str = "", reason: str = "", sha256: str = "") -> Row:
    return {
        "line_id": line_id,
        "status": status,
        "reason": reason,
        "accepted": counts[0],
        "rejected": counts[1],
        "sha256": sha256,
    }
