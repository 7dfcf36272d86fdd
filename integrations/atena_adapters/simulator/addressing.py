"""団体内統合宛名: issuing numbers, changes, withdrawals.  Identity is decided by 個人番号 alone (standard §2.4.3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from integrations.atena_adapters.simulator.items import Row
from integrations.atena_adapters.simulator.ledger import Addressee, Ledger

# The interfaces of the number issue, in the order of the standard: request, search, issue, notice to 中間サーバー.
REQUEST, SEARCH, ISSUE, NOTICE = "0320001", "0320004", "0320002", "0320008"
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_LENGTH = 12


def has_sound_digits(number: str) -> bool:
    """Twelve digits, the right check digit, not all the same (平成26年総務省令第85号 第5条)."""
    if len(number) != _LENGTH or not (number.isascii() and number.isdigit()) or len(set(number)) == 1:
        return False
    rest = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False)) % 11
    return int(number[-1]) == (0 if rest <= 1 else 11 - rest)


@dataclass
class Changes:
    """What a batch changes in the books, before it is written down: addressees, steps, and the answers of its lines."""

    now: float
    addressees: dict[str, Addressee] = field(default_factory=dict)
    steps: list[tuple[float, str, str]] = field(default_factory=list)
    results: dict[str, Row] = field(default_factory=dict)
    issued: dict[str, str] = field(default_factory=dict)  # 団番 by person, within this batch


class Addressing:
    """Works on the ledger; what it decides is written with the batch."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def register(self, row: Row, changes: Changes) -> None:
        """One line of 付番依頼: request, search by number, issue when nobody has it, notice."""
        atena, person = row["atena_number"] or "", self._ledger.person(row["individual_number"] or "")
        unified = changes.issued.get(person) or self._ledger.unified_number(person)
        steps = [REQUEST, SEARCH] if unified else [REQUEST, SEARCH, ISSUE, NOTICE]
        unified = unified or self._ledger.new_unified_number(person)
        known = self._ledger.addressees.get(atena)
        since = known.issued_at if known and known.person == person else changes.now
        changes.addressees[atena] = Addressee(atena, person, unified, since)
        changes.issued[person] = unified
        changes.steps.extend((changes.now, step, atena) for step in steps)
        changes.results[atena] = {
            "atena_number": atena,
            "result": "registered",
            "unified_number": unified,
            "reason": "",
        }

    def update(self, row: Row, changes: Changes) -> None:
        """One line of 異動; a filled number is a changed number, and the 団番 stays as it was."""
        atena, number = row["atena_number"] or "", row.get("individual_number") or ""
        known = changes.addressees.get(atena) or self._ledger.addressees[atena]
        if number and (person := self._ledger.person(number)) != known.person:
            known = replace(known, person=person, changed_at=changes.now)
        changes.addressees[atena] = known
        changes.results[atena] = {
            "atena_number": atena,
            "result": "done",
            "unified_number": known.unified,
            "reason": "",
        }

    def withdraw(self, row: Row, changes: Changes) -> None:
        """One line of 廃止."""
        atena = row["atena_number"] or ""
        day = row.get("withdrawn_on") or "withdrawn"
        changes.addressees[atena] = replace(self._ledger.addressees[atena], withdrawn_on=day)
        changes.results[atena] = {"atena_number": atena, "result": "done", "reason": ""}

    def duplicates(self) -> int:
        """How many 団番 stand for more than one 宛名番号."""
        held = [one.unified for one in self._ledger.addressees.values()]
        return sum(1 for unified in set(held) if held.count(unified) > 1) if len(set(held)) < len(held) else 0
