"""Takes request bytes, gives receipt and answer bytes.  Knows no transport; written with the dialect of the configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.dialects.base import Made
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import ANSWER_TO, Message, Row, key_of
from integrations.atena_adapters.individual_numbers import is_valid
from tests.integrations.atena_adapters.support import PEOPLE


@dataclass
class Office:
    """One prefecture's 統合宛名 in memory; everything that was taken can be looked at."""

    config: AdapterConfig
    numbers: dict[str, str] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    taken: dict[tuple[str, str], tuple[str, list[Row], dict[str, str]]] = field(default_factory=dict)
    answers: dict[tuple[str, str], bytes] = field(default_factory=dict)
    twist: Callable[[list[Row]], list[Row]] = list
    times: int = 0

    def __post_init__(self) -> None:
        self._dialect = build_dialect(self.config.dialect)
        self._people = {person.individual_number: person for person in PEOPLE}

    def take(self, kind: str, batch: str, payload: bytes, digest: str = "") -> tuple[bool, bytes]:
        """Whether the batch was taken, and the receipt."""
        self.times += 1
        digest = digest or hashlib.sha256(payload).hexdigest()
        known = self.taken.get((kind, batch))
        if known is not None and known[0] != digest:
            return False, self._receipt(batch, [_paper("rejected", 0, 0, reason="別の内容です。", sha256=digest)])
        try:
            rows = self._dialect.decode(Message(kind), payload).rows
        except AnswerUnreadable as error:
            return False, self._receipt(batch, [_paper("rejected", 0, 0, reason=error.message, sha256=digest)])
        key, rejected = key_of(Message(kind)), dict[str, str]()
        for row in rows:
            if reason := row.error or self._fault(kind, row.values):
                rejected[row.values.get(key) or ""] = reason
        good = [row.values for row in rows if row.values.get(key) not in rejected]
        self.taken[kind, batch] = (digest, good, rejected)
        counts = (len(good), len(rejected))
        head = _paper("partly" if rejected else "accepted", *counts, sha256=digest)
        return True, self._receipt(
            batch, [head, *(_paper("rejected", *counts, line, text) for line, text in rejected.items())]
        )

    def answer(self, kind: str, batch: str) -> bytes | None:
        """The answer message to a batch that was taken."""
        if (kind, batch) not in self.taken:
            return None
        if (kind, batch) not in self.answers:
            rows = self.twist([self._one(kind, row) for row in self.taken[kind, batch][1]])
            self.answers[kind, batch] = self._dialect.encode(ANSWER_TO[kind], self._made(batch), rows).payload
        return self.answers[kind, batch]

    def _fault(self, kind: str, row: Row) -> str:
        if kind == "registration":
            return "" if is_valid(row.get("individual_number") or "") else "個人番号が正しくありません。"
        return "" if row.get("atena_number") in self.numbers else "宛名番号が登録されていません。"

    def _one(self, kind: str, row: Row) -> Row:
        atena = row["atena_number"] or ""
        if kind == "registration":
            self.numbers[atena] = row["individual_number"] or ""
            return {"atena_number": atena, "result": "registered", "unified_number": f"9{self.numbers[atena]}"}
        if kind == "update":
            self.numbers[atena] = row.get("individual_number") or self.numbers[atena]
            return {"atena_number": atena, "result": "done", "unified_number": f"9{self.numbers[atena]}"}
        if kind == "withdrawal":
            return {"atena_number": atena, "result": "done"}
        if kind == "linkage":
            return {"atena_number": atena, "result": "linked"}
        if kind == "provision":
            return self._copy(row)
        return self._fact(row, self._people[self.numbers[atena]])

    def _copy(self, row: Row) -> Row:
        number = row.get("record_number") or f"F{len(self.copies) + 1:06d}"
        head = {"line_id": row["line_id"], "atena_number": row["atena_number"]}
        if row["act"] != "add" and number not in self.copies:
            return head | {"result": "rejected", "reason": "その副本はありません。"}
        self.copies[number] = row["amount"] or ""
        if row["act"] == "delete":
            del self.copies[number]
        return head | {"result": "done", "record_number": number}

    @staticmethod
    def _fact(row: Row, person: object) -> Row:
        head = {name: row.get(name) for name in ("line_id", "atena_number", "kind")} | {"result": "answered"}
        told: Row = {name: str(getattr(person, name)) for name in ("name", "kana", "address")}
        told["name"] = (told["name"] or "").replace("髙", "高").replace("𠮷", "吉")
        told["born"] = person.born.isoformat()  # type: ignore[attr-defined]
        if row["kind"] == "tax":
            figures: Row = {
                "tax_year": row.get("tax_year"),
                "total_income": "0",
                "retirement_income": "",
                "forest_income": None,
            }
            return (
                head
                | told
                | figures
                | {"social_insurance": "200000", "life_insurance": "0", "earthquake_insurance": "0"}
            )
        return head | told | ({"welfare": "no"} if row["kind"] == "welfare" else {"household": "サ1"})

    def _receipt(self, batch: str, rows: list[Row]) -> bytes:
        return self._dialect.encode(Message.RECEIPT, self._made(batch), rows).payload

    @staticmethod
    def _made(batch: str) -> Made:
        return Made(batch, 0, datetime.now(UTC))


def _paper(status: str, accepted: int, rejected: int, line_id: str = "", reason: str = "", sha256: str = "") -> Row:
    return {
        "line_id": line_id,
        "status": status,
        "reason": reason,
        "sha256": sha256,
        "accepted": str(accepted),
        "rejected": str(rejected),
    }
