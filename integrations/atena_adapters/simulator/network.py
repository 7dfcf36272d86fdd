"""What 中間サーバー and the other municipalities answer about one line."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import timedelta

from integrations.atena_adapters.dialects.characters import without_prefecture
from integrations.atena_adapters.fields import AMOUNTS, Row
from integrations.atena_adapters.simulator.population import Person
from integrations.atena_adapters.simulator.repertoire import as_network_returns


class Network:
    """Answers inquiries from the population.  Knows people by individual number alone."""

    def __init__(self, people: dict[str, Person]) -> None:
        self._people = people
        self._failed_in: dict[tuple[str, str], str] = {}

    def linked(self, number: str | None) -> bool:
        """Whether a linkage code (符号) could be obtained."""
        person = self._people.get(number or "")
        return person is not None and "no_linkage" not in person.behaviours

    def is_late(self, number: str | None, kind: str) -> bool:
        """Whether this answer takes longer than the others."""
        person = self._people.get(number or "")
        return person is not None and person.behaves("late", kind)

    def answer(self, number: str | None, row: Row, batch_id: str, *, released: bool) -> Row:
        """The answer to one inquiry line; `released` when held answers have been let go by a clerk."""
        kind = row["kind"] or ""
        head: Row = {"line_id": row["line_id"], "atena_number": row.get("atena_number"), "kind": kind}
        if number is None or not self.linked(number):
            return head | {"result": "refused", "reason": "符号が取得されていないため照会できません。"}
        person = self._people[number]
        return head | (self._unanswered(person, kind, batch_id, released=released) or _facts(person, kind, row))

    def _unanswered(self, person: Person, kind: str, batch_id: str, *, released: bool) -> Row | None:
        if person.behaves("refuse", kind):
            return {"result": "refused", "reason": "提供側が回答を認めていません。"}
        if person.behaves("hold", kind) and not released:
            return {"result": "held", "reason": "提供側の職員が確認しています。"}
        first_batch = self._failed_in.setdefault((person.individual_number, kind), batch_id)
        if person.behaves("communication_error", kind) and first_batch == batch_id:
            return {"result": "communication_error", "reason": "提供側の中間サーバーにつながりません。"}
        return None


def _facts(person: Person, kind: str, row: Row) -> Row:
    readers: dict[str, Callable[[], Row]] = {
        "resident": lambda: {"result": "answered", "household": person.household or None} | _identity(person),
        "tax": lambda: _tax(person, row),
        "welfare": lambda: _welfare(person) | _identity(person),
    }
    return readers[kind]()


def _identity(person: Person) -> Row:
    wrong = timedelta(days=1 if "wrong_birth_date" in person.behaviours else 0)
    return {
        "name": as_network_returns(person.name),
        "kana": as_network_returns(person.kana),
        "born": (person.born + wrong).isoformat(),
        "address": as_network_returns(person.address),
    }


def _tax(person: Person, row: Row) -> Row:
    tax = person.tax
    asked_year = row.get("tax_year") or ""
    elsewhere = not _lies_in(row.get("base_address") or "", tax.municipality)
    if tax.status == "no_record" or elsewhere or (tax.tax_year and str(tax.tax_year) != asked_year):
        return {"result": "not_found", "reason": "基準日の住所の市区町村に、課税の記録がありません。"}
    if tax.status == "undeclared":
        return {"result": "not_declared", "reason": "申告がないため、金額の情報がありません。"}
    amounts: Row = {spec.name: _figure(getattr(tax, spec.name)) for spec in AMOUNTS}
    place: Row = {"tax_year": asked_year, "municipality": as_network_returns(tax.municipality)}
    return {"result": "answered"} | _identity(person) | place | amounts


def _welfare(person: Person) -> Row:
    return {
        "result": "answered",
        "welfare": "yes" if person.welfare else "no",
        "welfare_from": person.welfare_from.isoformat() if person.welfare_from else "",
        "welfare_to": person.welfare_to.isoformat() if person.welfare_to else "",
    }


def _figure(value: int | str | None) -> str | None:
    return None if value is None else str(value)


def _lies_in(address: str, municipality: str) -> bool:
    """Whether an address lies in a municipality, with or without the prefecture in front of either."""
    asked, holder = (without_prefecture(unicodedata.normalize("NFKC", text)) for text in (address, municipality))
    return bool(holder) and asked.startswith(holder)
