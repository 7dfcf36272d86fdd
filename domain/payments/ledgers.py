"""会計区分: which ledgers a round pays from, and the sums of their amounts, as a list of any length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from domain.payments.models import PaymentRound
from domain.rules import Pack

Amounts = dict[str, int]
"""円 by the name of the ledger."""
_SUM = "ledger_"


@dataclass(frozen=True, slots=True)
class RoundLedger:
    """One 会計区分 of a round; `reported` False: kept out of the 実績報告 (都道府県単独)."""

    name: str
    title: str
    reported: bool


def noted(pack: Pack) -> list[dict[str, Any]]:
    """The pack's ledgers as a round keeps them, so that they are known when the pack no longer is."""
    return [{"name": each.name, "title": each.title, "reported": each.reported} for each in pack.ledgers]


def ledgers_of(*rounds: PaymentRound) -> list[RoundLedger]:
    """The ledgers of some rounds, each once, in the order of the packs."""
    found: dict[str, RoundLedger] = {}
    for round_ in rounds:
        for each in round_.ledgers:
            found.setdefault(each["name"], RoundLedger(each["name"], each["title"], each["reported"]))
    return list(found.values())


def names_of(*rounds: PaymentRound) -> list[str]:
    return [ledger.name for ledger in ledgers_of(*rounds)]


def sums(names: Iterable[str]) -> dict[str, Sum]:
    """Aggregates over the rows' `ledgers`, for `read`."""
    return {
        f"{_SUM}{name}": Sum(Cast(KeyTextTransform(name, "ledgers"), BigIntegerField()), default=0) for name in names
    }


def read(row: Mapping[str, Any], names: Iterable[str]) -> Amounts:
    """円 by ledger out of a row that was aggregated with `sums`."""
    return {name: int(row[f"{_SUM}{name}"] or 0) for name in names}


def added(amounts: Iterable[Mapping[str, int]], names: Sequence[str] = ()) -> Amounts:
    """Sum by ledger; `names` are there even if nothing was added."""
    total = dict.fromkeys(names, 0)
    for each in amounts:
        for name, amount in each.items():
            total[name] = total.get(name, 0) + amount
    return total
