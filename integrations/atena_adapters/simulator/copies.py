"""副本: what we provide to others through 中間サーバー, and inquiries of others about it."""

from __future__ import annotations

from integrations.atena_adapters.simulator.addressing import Changes
from integrations.atena_adapters.simulator.items import Row
from integrations.atena_adapters.simulator.ledger import Ledger

ITEM = "就学のため必要な経費の支弁に関する情報"


class Copies:
    """Adds, changes and deletes copies; answers an institution that asks."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def apply(self, row: Row, batch_id: str, changes: Changes) -> None:
        """One line of 副本登録.  The same line of the same batch gives the same record."""
        line, atena = row["line_id"] or "", row["atena_number"] or ""
        head: Row = {"line_id": line, "atena_number": atena}
        known = self._ledger.addressees[atena]
        number = row.get("record_number") or ""
        if row["act"] == "add":
            number = self._new_number()
        elif not self._is_there(number, atena):
            reason = "この宛名番号の副本に、その副本番号はありません。"
            changes.results[line] = head | {"result": "rejected", "reason": reason, "record_number": number}
            return
        if row["act"] == "delete":
            self._ledger.execute(
                "UPDATE copies SET state = 'deleted', changed_at = ? WHERE number = ?", (changes.now, number)
            )
        else:
            period = (row.get("fiscal_year"), row.get("period_from"), row.get("period_to"), row.get("amount"))
            values = (number, atena, known.unified, *period, "held", changes.now)
            self._ledger.execute("INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        changes.results[line] = head | {"result": "done", "reason": "", "record_number": number}

    def asked(self, number: str, institution: str, now: float) -> dict[str, str]:
        """Another institution asks about one copy; written into 情報提供等記録."""
        found = self._ledger.execute(
            "SELECT unified, fiscal_year, amount, state FROM copies WHERE number = ?", (number,)
        )
        state = found[0][3] if found else "none"
        result = "answered" if state == "held" else "not_found"
        reference = f"{institution}/{number}/{now:.3f}"
        self._ledger.note_provisions([(now, "in", ITEM, found[0][0] if found else "", reference, result)])
        told = {"fiscal_year": found[0][1] or "", "amount": found[0][2] or ""} if result == "answered" else {}
        return {"record_number": number, "result": result} | told

    def _new_number(self) -> str:
        count = self._ledger.execute("SELECT count(*) FROM copies")[0][0]
        return f"F{count + 1:09d}"

    def _is_there(self, number: str, atena: str) -> bool:
        statement = "SELECT 1 FROM copies WHERE number = ? AND atena = ? AND state = 'held'"
        return bool(self._ledger.execute(statement, (number, atena)))
