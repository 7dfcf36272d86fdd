"""Inquiries of other institutions that a clerk of ours must answer (自動応答不可), and 情報提供等記録 to be fetched."""

from __future__ import annotations

from datetime import datetime

from integrations.atena_adapters.simulator.addressing import Changes
from integrations.atena_adapters.simulator.clock import JAPAN
from integrations.atena_adapters.simulator.items import Row
from integrations.atena_adapters.simulator.ledger import Ledger

ITEM = "就学のため必要な経費の支弁に関する情報"
PROVIDER = "サンプル市"
_NOTHING: Row = {"entry": ""}
_SIDES = {"in": "provided", "out": "asked"}


class Incoming:
    """Keeps what waits, answers lists, carries out decisions."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def hold(self, number: str, institution: str, now: float) -> dict[str, str]:
        """Another institution asks about one copy, and a clerk must look first."""
        found = self._ledger.execute("SELECT atena, unified FROM copies WHERE number = ?", (number,))
        if not found:
            return {"record_number": number, "result": "not_found"}
        count = self._ledger.execute("SELECT count(*) FROM incoming")[0][0]
        reference = f"SK{count + 1:08d}"
        values = (reference, now, institution, number, *found[0], "waiting", None)
        self._ledger.execute("INSERT INTO incoming VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        return {"record_number": number, "result": "held", "reference": reference}

    def decide(self, row: Row, changes: Changes) -> None:
        """One line of an answer.  An inquiry is answered once."""
        line, reference = row["line_id"] or "", row.get("entry") or ""
        head: Row = {"line_id": line}
        found = self._ledger.execute(
            "SELECT state, institution, unified FROM incoming WHERE reference = ?", (reference,)
        )
        if not found or found[0][0] != "waiting":
            reason = "この照会は回答済みです。" if found else "この記録番号の照会はありません。"
            changes.results[line] = head | {"result": "rejected", "reason": reason}
            return
        state = "released" if row["decision"] == "release" else "refused"
        statement = "UPDATE incoming SET state = ?, decided_at = ? WHERE reference = ?"
        self._ledger.execute(statement, (state, changes.now, reference))
        result = "answered" if state == "released" else "refused"
        self._ledger.note_provisions([(changes.now, "in", ITEM, found[0][2], reference, result)])
        changes.results[line] = head | {"result": "done", "reason": ""}

    def tell(self, row: Row, changes: Changes) -> None:
        """One list, as the books are now; a list without rows is one row without a number."""
        line = row["line_id"] or ""
        first, last = _start(row["since"] or ""), _start(row["until"] or "") + 86_400
        found = self._waiting(first, last) if row["listed"] == "incoming" else self._records(first, last)
        for at, entry in enumerate(found or [_NOTHING]):
            head: Row = {"line_id": line, "result": "done", "reason": ""}
            changes.results[f"{line}/{at}"] = head | entry

    def _waiting(self, first: float, last: float) -> list[Row]:
        statement = (
            "SELECT reference, at, institution, number, atena FROM incoming WHERE state = 'waiting' AND at >= ? AND at < ?"
            " ORDER BY reference"
        )
        return [
            _entry(reference, atena, "provided", institution, ITEM, at, None, number)
            for reference, at, institution, number, atena in self._ledger.execute(statement, (first, last))
        ]

    def _records(self, first: float, last: float) -> list[Row]:
        statement = "SELECT at, direction, item, unified, reference, result FROM provisions WHERE at >= ? AND at < ? ORDER BY at, reference"
        known = {one.unified: one.atena for one in self._ledger.addressees.values()}
        asked = {row[0]: row[1:] for row in self._ledger.execute("SELECT reference, at, institution FROM incoming")}
        rows = []
        for at, direction, item, unified, reference, result in self._ledger.execute(statement, (first, last)):
            since, party = asked.get(reference, (at, reference.split("/")[0] if direction == "in" else PROVIDER))
            told = at if result == "answered" else None
            rows.append(_entry(reference, known.get(unified, ""), _SIDES[direction], party, item, since, told, ""))
        return rows


def _entry(
    reference: str, atena: str, side: str, party: str, item: str, at: float, told: float | None, number: str
) -> Row:
    return {
        "entry": reference, "atena_number": atena, "side": side, "party": party, "item": item, "asked_at": _stamp(at),
        "provided_at": "" if told is None else _stamp(told), "record_number": number,
    }  # fmt: skip


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, JAPAN).strftime("%Y%m%d%H%M%S")


def _start(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=JAPAN).timestamp()
