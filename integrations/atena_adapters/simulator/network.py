"""What 中間サーバー, 情報提供ネットワーク and the other municipalities answer about one line."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from integrations.atena_adapters.simulator.conduct import Conduct
from integrations.atena_adapters.simulator.items import AMOUNTS, Row
from integrations.atena_adapters.simulator.ledger import Addressee
from integrations.atena_adapters.simulator.population import Person
from integrations.atena_adapters.simulator.repertoire import as_network_returns
from integrations.atena_adapters.simulator.wire.characters import without_prefecture

_HOUR = 3600.0


class Network:
    """Answers inquiries from the population.  Knows people by the keyed hash of their number alone."""

    def __init__(self, people: Iterable[Person], conduct: Conduct, hashed: Callable[[str], str]) -> None:
        self._people = {hashed(person.individual_number): person for person in people}
        self._conduct = conduct
        self._failed_in: dict[tuple[str, str], str] = {}

    def __len__(self) -> int:
        return len(self._people)

    def linkage(self, addressee: Addressee | None, now: float) -> tuple[str, str]:
        """The state of the linkage code (符号) and its reason."""
        person = self._people.get(addressee.person) if addressee else None
        if addressee is None or person is None or "no_linkage" in person.behaviours:
            return "not_linked", "住民票コードから符号を取得できません。"
        if "number_changed" in person.behaviours:
            return "not_linked", "個人番号が変更されています。変更後の番号で登録してください。"
        if now < max(addressee.issued_at, addressee.changed_at) + self._conduct.linkage_hours * _HOUR:
            return "pending", ""
        return "linked", ""

    def is_late(self, addressee: Addressee | None, kind: str) -> bool:
        """Whether this answer takes longer than the others."""
        return addressee is not None and self._shows(addressee.person, "late", kind)

    def answer(
        self, addressee: Addressee | None, row: Row, batch_id: str, *, clerk: str, now: datetime, released: bool
    ) -> Row:
        """The answer to one inquiry line; `clerk` is what a provider's clerk decided about a held one ("" nothing yet)."""
        kind = row["kind"] or ""
        head: Row = {"line_id": row["line_id"], "atena_number": row.get("atena_number"), "kind": kind}
        if stopped := self._stopped(kind, now.date()):
            return head | stopped
        if addressee is None or self.linkage(addressee, now.timestamp())[0] != "linked":
            return head | {"result": "refused", "reason": "符号が取得されていないため照会できません。"}
        released = clerk == "released" or (released and clerk != "refused")
        person = self._people[addressee.person]
        return head | (
            self._unanswered(addressee.person, kind, batch_id, clerk=clerk, released=released)
            or self._facts(person, kind, row, now.date())
        )

    def _stopped(self, kind: str, today: date) -> Row | None:
        if kind in self._conduct.suspended:
            return {"result": "communication_stopped", "reason": "この情報の照会は、通知により止められています。"}
        until = self._conduct.permit_until.get(kind)
        if until and today > until:
            return {"result": "refused", "reason": "照会許可照合リストにありません(法令の改正による)。"}
        return None

    def _unanswered(self, hashed: str, kind: str, batch_id: str, *, clerk: str, released: bool) -> Row | None:
        if self._shows(hashed, "refuse", kind):
            return {"result": "refused", "reason": "提供側が回答を認めていません。"}
        if self._shows(hashed, "hold", kind) and not released:
            if clerk == "refused":
                return {"result": "refused", "reason": "提供側の職員が確認し、提供しないと判断しました。"}
            return {"result": "held", "reason": "提供側の職員が確認しています。"}
        first_batch = self._failed_in.setdefault((hashed, kind), batch_id)
        if self._shows(hashed, "communication_error", kind) and first_batch == batch_id:
            return {"result": "communication_error", "reason": "提供側の中間サーバーにつながりません。"}
        return None

    def _shows(self, hashed: str, behaviour: str, kind: str) -> bool:
        person = self._people.get(hashed)
        if person is None:
            return False
        drawn = self._conduct.shares and any(
            self._conduct.shows(name, hashed) for name in (behaviour, f"{behaviour}:{kind}")
        )
        return person.behaves(behaviour, kind) or bool(drawn)

    def _facts(self, person: Person, kind: str, row: Row, today: date) -> Row:
        if kind == "resident":
            return {"result": "answered", "household": person.household or None} | _identity(person)
        if kind == "welfare":
            return _welfare(person) | _identity(person)
        month_day = self._conduct.tax_copies_from
        if month_day and (year := row.get("tax_year")) and today < date.fromisoformat(f"{year}-{month_day}"):
            return {"result": "not_found", "reason": "提供側の副本がまだ登録されていません。"}
        return _tax(person, row)


def _identity(person: Person) -> Row:
    wrong = timedelta(days=1 if "wrong_birth_date" in person.behaviours else 0)
    born = (person.born + wrong).isoformat()
    return {
        "name": as_network_returns(person.name),
        "kana": as_network_returns(person.kana),
        "born": f"{born[:8]}00" if "unknown_birth_day" in person.behaviours else born,
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
    figures = {item: getattr(tax, item) for item in AMOUNTS}
    amounts: Row = {item: None if value is None else str(value) for item, value in figures.items()}
    place: Row = {"tax_year": asked_year, "municipality": as_network_returns(tax.municipality)}
    return {"result": "answered"} | _identity(person) | place | amounts


def _welfare(person: Person) -> Row:
    return {
        "result": "answered",
        "welfare": "yes" if person.welfare else "no",
        "welfare_from": person.welfare_from.isoformat() if person.welfare_from else "",
        "welfare_to": person.welfare_to.isoformat() if person.welfare_to else "",
    }


def _lies_in(address: str, municipality: str) -> bool:
    """Whether an address lies in a municipality, with or without the prefecture in front of either."""
    asked, holder = (without_prefecture(unicodedata.normalize("NFKC", text)) for text in (address, municipality))
    return bool(holder) and asked.startswith(holder)
