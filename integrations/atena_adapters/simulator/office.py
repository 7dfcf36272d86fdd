"""The counter of 統合宛名: takes requests, gives receipts, and says which answers are ready.  Knows no transport."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from integrations.atena_adapters.simulator.addressing import Addressing, Changes, has_sound_digits
from integrations.atena_adapters.simulator.clock import JAPAN, Clock
from integrations.atena_adapters.simulator.conduct import Conduct
from integrations.atena_adapters.simulator.copies import Copies
from integrations.atena_adapters.simulator.damage import damage_bytes, damage_rows
from integrations.atena_adapters.simulator.faults import Fault, Faults
from integrations.atena_adapters.simulator.incoming import Incoming
from integrations.atena_adapters.simulator.items import RECEIPT, Kind, Row
from integrations.atena_adapters.simulator.ledger import Addressee, Batch, Ledger, kept
from integrations.atena_adapters.simulator.network import Network
from integrations.atena_adapters.simulator.profile import Form
from integrations.atena_adapters.simulator.wire import messages
from integrations.atena_adapters.simulator.wire.errors import Unreadable
from integrations.atena_adapters.simulator.wire.messages import Envelope, Line

_DAY = 24 * 60 * 60.0
_REFUSED = {Kind.LINKAGE: "not_linked", Kind.INQUIRY: "refused"}


@dataclass(frozen=True, slots=True)
class Address:
    """Which batch a message belongs to."""

    kind: Kind
    batch_id: str
    sequence: int = 0
    made_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)


class Office:
    """One prefecture's 統合宛名 with the 中間サーバー behind it."""

    def __init__(
        self, form: Form, ledger: Ledger, network: Network, faults: Faults, conduct: Conduct, clock: Clock
    ) -> None:
        self.form = form
        self.ledger = ledger
        self.network = network
        self.faults = faults
        self.conduct = conduct
        self.clock = clock
        self.copies = Copies(ledger)
        self.incoming = Incoming(ledger)
        self.addressing = Addressing(ledger)

    def is_open(self) -> bool:
        """Whether the other side works now."""
        return self.conduct.hours.is_open(self.clock.now())

    def own_time(self) -> datetime:
        """What its clock shows: with its skew."""
        return self.clock.today() + timedelta(seconds=self.conduct.skew_seconds)

    def take(self, address: Address, payload: bytes) -> tuple[bool, bytes]:
        """Whether the batch was taken, and its receipt.  Taking the same bytes again changes nothing."""
        digest = hashlib.sha256(payload).hexdigest()
        try:
            lines = messages.read(self.form, address.kind.value, payload, address.batch_id)
        except Unreadable as error:
            return False, self.receipt(_refusal(f"依頼を読めません。{error}", digest), address)
        taken, rows = self.take_lines(address, lines, digest)
        return taken, self.receipt(rows, address)

    def take_lines(self, address: Address, lines: Sequence[Line], digest: str) -> tuple[bool, list[Row]]:
        """The same for lines that came in another way; the receipt as rows."""
        with self.ledger.transaction():
            known = self.ledger.find(address.kind, address.batch_id)
            if known is not None:
                return self._again(known, digest)
            rejected = self._rejections(address.kind, lines)
            accepted = [line.values for line in lines if (line.values.get(address.kind.key) or "") not in rejected]
            changes = self._done(address, accepted)
            batch = Batch(
                kind=address.kind,
                batch_id=address.batch_id,
                sequence=address.sequence,
                made_at=address.made_at.isoformat(),
                sha256=digest,
                accepted_at=self.clock.now(),
                rows=[kept(row) for row in accepted],
                rejected=rejected,
                results=changes.results,
            )
            self.ledger.take(batch, list(changes.addressees.values()), changes.steps)
            return True, self._receipt_rows(batch)

    def find(self, kind: Kind, batch_id: str) -> Batch | None:
        """A batch taken earlier; forgotten when the fault strikes or its time is over."""
        self.delete_expired()
        return None if self.faults.strikes(Fault.FORGET) else self.ledger.find(kind, batch_id)

    def delete_expired(self) -> int:
        """What was kept for its time goes (期限切れデータの削除); how many batches."""
        kept_for = self.conduct.keep_days * _DAY
        return self.ledger.delete_taken_before(self.clock.now() - kept_for) if kept_for else 0

    def open_batches(self) -> list[Batch]:
        """Batches with lines not yet delivered for good."""
        self.delete_expired()
        with self.ledger.lock:
            return [batch for batch in self.ledger.batches() if len(batch.delivered) < len(batch.rows)]

    def is_ready(self, batch: Batch) -> bool:
        """Whether the first answers of a batch may be given."""
        return self.clock.now() >= self._due(batch, self.conduct.answer)

    def answers(self, batch: Batch) -> list[Row]:
        """The answers to all lines of a batch as of now; late lines say pending."""
        with self.ledger.lock:
            clerk = dict(self.ledger.execute("SELECT line, act FROM clerk WHERE batch = ?", (batch.batch_id,)))
            if batch.kind is Kind.LISTING:
                return list(batch.results.values())
            rows = [self._answer(batch, row, clerk) for row in batch.rows]
            if batch.kind is Kind.INQUIRY:
                self._note(batch, rows)
            return rows

    def rejections(self, batch: Batch) -> list[Row]:
        """The lines not taken, as answers, for a link without receipts."""
        word = _REFUSED.get(batch.kind, "rejected")
        return [{batch.kind.key: line, "result": word, "reason": reason} for line, reason in batch.rejected.items()]

    def mark_delivered(self, batch: Batch, rows: Sequence[Row]) -> None:
        """Remember which lines have their last answer."""
        with self.ledger.lock:
            batch.delivered |= {row[batch.kind.key] or "" for row in rows if not self._may_change(row)}
            batch.parts += 1
            self.ledger.save(batch)

    def decide(self, batch_id: str, line: str, act: str) -> None:
        """A provider's clerk releases or refuses a held line; it is told again."""
        self.ledger.execute("INSERT OR REPLACE INTO clerk VALUES (?, ?, ?)", (batch_id, line, act))
        if batch := self.ledger.find(Kind.INQUIRY, batch_id):
            batch.delivered.discard(line)
            self.ledger.save(batch)

    def held_lines(self, batches: int = 20) -> list[tuple[str, str, str]]:
        """Batch, line and kind of what waits for a provider's clerk, of the latest batches."""
        asked = [batch for batch in self.ledger.batches() if batch.kind is Kind.INQUIRY and self.is_ready(batch)]
        return [
            (batch.batch_id, row["line_id"] or "", row["kind"] or "")
            for batch in asked[-batches:]
            for row in self.answers(batch)
            if row["result"] == "held"
        ]

    def damaged(self, batch: Batch, rows: list[Row]) -> list[Row]:
        """The rows with the faults that strike now."""
        return damage_rows(rows, batch.kind, self.faults, self._unified)

    def write(self, batch: Batch, rows: list[Row]) -> bytes:
        """An answer message, with the faults that strike now."""
        envelope = Envelope(batch.batch_id, batch.sequence, self._day())
        payload = messages.write(self.form, batch.kind.answer, self.damaged(batch, rows), envelope)
        return damage_bytes(payload, batch.kind, self.faults)

    def receipt(self, rows: Sequence[Row], address: Address) -> bytes:
        """A receipt message."""
        return messages.write(self.form, RECEIPT, rows, Envelope(address.batch_id, address.sequence, self._day()))

    def _day(self) -> date:
        return self.own_time().date()

    def _due(self, batch: Batch, delay: float) -> float:
        return self.conduct.hours.due(batch.accepted_at, delay, self.conduct.timing)

    def _again(self, known: Batch, digest: str) -> tuple[bool, list[Row]]:
        if known.sha256 != digest:
            text = "同じ番号の送信を、別の内容ですでに受け取っています。"
            return False, _refusal(text, digest)
        known.delivered.clear()
        known.parts = 0
        return True, self._receipt_rows(known)

    def _may_change(self, row: Row) -> bool:
        return row["result"] == "pending" or (row["result"] == "held" and self.conduct.release is not None)

    def _answer(self, batch: Batch, row: Row, clerk: dict[str, str]) -> Row:
        if batch.kind not in (Kind.LINKAGE, Kind.INQUIRY):
            return batch.results[row[batch.kind.key] or ""]
        addressee, now = self._addressee(row), self.clock.now()
        if batch.kind is Kind.LINKAGE:
            result, reason = self.network.linkage(addressee, now)
            return {"atena_number": row["atena_number"], "result": result, "reason": reason}
        if self.network.is_late(addressee, row["kind"] or "") and now < self._due(batch, self.conduct.late):
            head = {name: row.get(name) for name in ("line_id", "atena_number", "kind")}
            return head | {"result": "pending"}
        released = self.conduct.release is not None and now >= batch.accepted_at + self.conduct.release
        here = datetime.fromtimestamp(now, JAPAN)
        act = clerk.get(row["line_id"] or "", "")
        return self.network.answer(addressee, row, batch.batch_id, clerk=act, now=here, released=released)

    def _done(self, address: Address, rows: Sequence[Row]) -> Changes:
        changes = Changes(self.clock.now())
        for row in rows:
            if address.kind is Kind.REGISTRATION:
                self.addressing.register(row, changes)
            elif address.kind is Kind.UPDATE:
                self.addressing.update(row, changes)
            elif address.kind is Kind.WITHDRAWAL:
                self.addressing.withdraw(row, changes)
            elif address.kind is Kind.PROVISION:
                self.copies.apply(row, address.batch_id, changes)
            elif address.kind is Kind.RELEASE:
                self.incoming.decide(row, changes)
            elif address.kind is Kind.LISTING:
                self.incoming.tell(row, changes)
        return changes

    def _rejections(self, kind: Kind, lines: Sequence[Line]) -> dict[str, str]:
        found = {line.values.get(kind.key) or "": line.error or self._fault_of(kind, line.values) for line in lines}
        return {line_id: reason for line_id, reason in found.items() if reason}

    def _fault_of(self, kind: Kind, row: Row) -> str:
        if kind is Kind.LISTING:
            return "この一覧を渡す権限がありません。" if row.get("listed") in self.conduct.suspended else ""
        if kind is Kind.RELEASE:
            return ""
        number = row.get("individual_number") or ""
        if kind is Kind.REGISTRATION or (kind is Kind.UPDATE and number):
            if not has_sound_digits(number):
                return "個人番号の検査用数字が正しくありません。"
            if kind is Kind.REGISTRATION:
                return ""
        addressee = self._addressee(row)
        if addressee is None:
            return "宛名番号が登録されていません。"
        return "宛名番号が廃止されています。" if addressee.withdrawn_on else ""

    def _addressee(self, row: Row) -> Addressee | None:
        return self.ledger.addressee(row.get("atena_number") or "", row.get("unified_number") or "")

    def _unified(self, row: Row) -> str:
        addressee = self._addressee(row)
        return addressee.unified if addressee else ""

    def _note(self, batch: Batch, rows: Sequence[Row]) -> None:
        told = [row for row in rows if row["result"] == "answered"]
        now = self.clock.now()
        self.ledger.note_provisions(
            [
                (now, "out", row["kind"], self._unified(row), f"{batch.batch_id}/{row['line_id']}", "answered")
                for row in told
            ]
        )

    def _receipt_rows(self, batch: Batch) -> list[Row]:
        status = "partly" if batch.rejected else "accepted"
        counts = (str(len(batch.rows)), str(len(batch.rejected)))
        head = _receipt_row(status, counts, sha256=batch.sha256)
        return [
            head, *(_receipt_row("rejected", counts, line_id, reason) for line_id, reason in batch.rejected.items())
        ]  # fmt: skip


def _refusal(reason: str, digest: str) -> list[Row]:
    return [_receipt_row("rejected", ("0", "0"), reason=reason, sha256=digest)]


def _receipt_row(status: str, counts: tuple[str, str], line_id: str = "", reason: str = "", sha256: str = "") -> Row:
    return {
        "line_id": line_id,
        "status": status,
        "reason": reason,
        "accepted": counts[0],
        "rejected": counts[1],
        "sha256": sha256,
    }
