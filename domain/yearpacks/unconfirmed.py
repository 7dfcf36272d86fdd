"""Rows a pack has only as 未確認: what each says, where it comes from, and the name by which it is accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, TypeVar

from domain.rules import Category, Department, Pack
from domain.rules.standing import Standing
from domain.rules.yearpack.checking import questions
from domain.rules.yearpack.conditions import Condition
from domain.rules.yearpack.payment_rules import Rule
from domain.rules.yearpack.tables import Origin
from domain.yearpacks.ages import TITLE, age_text
from domain.yearpacks.lacking import AGE, KINDS, SECTIONS
from domain.yearpacks.wording import (
    cap_text,
    categories_text,
    departments_text,
    pay_rule_text,
    pay_rule_title,
    pays_text,
    rate_text,
    special_text,
)

Value = TypeVar("Value")
Named = tuple[str, str, str, str, Origin]


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """`name` is the row's own name in the pack, as [[accepted]] gives it."""

    name: str
    kind: str
    title: str
    value: str
    source: str
    printed: str
    """What receipts call it."""

    @property
    def family(self) -> tuple[str, str, str]:
        """Rows of one kind, and of one table, that come from the same source: they are confirmed together."""
        table = self.name.partition("/")[0] if self.kind == "需要額の表" else ""
        return self.kind, table, self.source


def unconfirmed_rows(pack: Pack) -> list[Unconfirmed]:
    """Every row whose figure nobody has confirmed and that is still read for some case, each once, by kind."""
    found: dict[str, Unconfirmed] = {}
    places = _places(pack)
    for name, kind, title, value, origin in _named(pack):
        if origin.standing is Standing.UNCONFIRMED and name not in found:
            found[name] = Unconfirmed(name, kind, title, value, origin.source, places.get(name, name))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row taken as the board's own word (`[[accepted]]`), in words where the pack knows it: who, when, why."""

    row: Unconfirmed
    by: str
    on: date
    reason: str


def accepted_rows(pack: Pack, content: Mapping[str, Any]) -> list[Accepted]:
    """What a revision has accepted, in its order."""
    said = content.get("accepted", [])
    known = {}
    for name, kind, title, value, origin in _named(pack) if said else ():
        known[name] = Unconfirmed(name, kind, title, value, origin.source, name)
    return [
        Accepted(
            known.get(each["row"], Unconfirmed(each["row"], "", each["row"], "", "", each["row"])),
            each["by"],
            date.fromisoformat(each["on"]),
            each["reason"],
        )
        for each in said
    ]


def _named(pack: Pack) -> Iterator[Named]:
    yield from _payments(pack)
    for case, rule in pack.special.items():
        yield f"special/{case.value}", "区分の特例", case.label, special_text(rule), rule.origin
    for section, pays in (("welfare_pay", pack.welfare_pay), ("institution_pay", pack.institution_pay)):
        for code, pay in pays.items():
            yield f"{section}/{code}", SECTIONS[section], pack.items[code].title, pays_text(pay.pays), pay.origin
    for further in pack.pay_rules.rows:
        name, title = _pay_rule_name(further), pay_rule_title(pack, further)
        yield name, "支給のきまり", title, pay_rule_text(further), further.scope.origin
    for table in pack.tables.values():
        cells = [*table.cells.values(), *(each.cell for each in table.further.values())]
        for cell in cells:
            yield (
                f"{cell.table}/{cell.row}",
                "需要額の表",
                f"{table.title} {cell.row}",
                f"{cell.amount:,}円",
                cell.origin,
            )
    rules = (
        ("need", pack.need.title, "算定式", pack.need.origin),
        ("income", "収入額", "加える所得と引く控除", pack.income.origin),
        ("income/floor", "収入額", "0円を下回らない", pack.income.floor),
        ("ages", "年齢", "数える日", pack.ages.origin),
        ("payment", "支給額", "端数の扱い", pack.payment.origin),
        ("payment/once", "支給額", "部で一度だけの経費", pack.payment.once),
    )
    for name, title, value, origin in rules:
        yield name, "計算のきまり", title, value, origin
    for row in pack.inquiry_age:
        yield row.name, KINDS[AGE], TITLE, age_text(row.full_years), row.origin
    for boundary in pack.boundaries:
        value = "上限なし" if boundary.below is None else f"需要額の{boundary.below}倍未満"
        yield f"category/{int(boundary.category)}", "区分の境", f"区分{boundary.category.label}", value, boundary.origin


def _pay_rule_name(rule: Rule) -> str:
    """What [[accepted]] calls a further rule of payment."""
    return f"payment_rules/{rule.scope.id}"


def _places(pack: Pack) -> dict[str, str]:
    """Receipts call a further rule by its place in the file."""
    return {_pay_rule_name(rule): rule.scope.row for rule in pack.pay_rules.rows}


def _payments(pack: Pack) -> Iterator[Named]:
    rates = [(condition, rate.row, rate_text(pack, rate), rate.origin) for condition, rate in _rows(pack.rates.layers)]
    caps = [(condition, cap.row, cap_text(cap), cap.origin) for condition, cap in _rows(pack.caps.layers)]
    read = _read(pack)
    for kind, rows in (("支給の割合", rates), ("限度額", caps)):
        by_row: dict[str, list[tuple[Condition, str, Origin]]] = {}
        for condition, name, value, origin in rows:
            if name in read:
                by_row.setdefault(name, []).append((condition, value, origin))
        for name, parts in by_row.items():
            items = dict.fromkeys(pack.items[condition.item].title for condition, _, _ in parts)
            departments: set[Department] = set().union(*(condition.department for condition, _, _ in parts))
            title = f"{'・'.join(items)}　{departments_text(departments)}"
            yield name, kind, title, _by_category(parts), parts[0][2]


def _read(pack: Pack) -> set[str]:
    """Rows of rates and caps that answer some question; one hidden behind a later layer's rows answers none."""
    found: set[str] = set()
    for item, department, category in product(pack.items.values(), Department, Category):
        for asked in questions(pack, item, department, category):
            rate, cap = pack.rates.find(asked), pack.caps.find(asked)
            found |= {row.row for row in (rate, cap) if row is not None}
    return found


def _by_category(parts: list[tuple[Condition, str, Origin]]) -> str:
    """Ⅰ 負担金 1、Ⅱ 負担金 1/2; once where all say the same."""
    values: dict[str, set[Category]] = {}
    for condition, value, _ in parts:
        values.setdefault(value, set()).add(condition.category)
    return "、".join(f"{categories_text(map(int, categories))} {value}" for value, categories in values.items())


def _rows(layers: tuple[tuple[tuple[Condition, Value], ...], ...]) -> Iterator[tuple[Condition, Value]]:
    for layer in layers:
        yield from layer
