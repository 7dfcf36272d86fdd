"""Parses expense items, rates, caps and payment rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from fractions import Fraction
from typing import TypeVar

from domain.rules.cases import Category
from domain.rules.exact import MOST_DIGITS, parse_fraction
from domain.rules.payment_cases import Attendance, Department
from domain.rules.reading import Reader, ReadFault
from domain.rules.yearpack.conditions import Condition, RuleBook
from domain.rules.yearpack.model import (
    Cap,
    CapBasis,
    CategoryOn,
    ExpenseItem,
    Ledger,
    PaymentRule,
    Rate,
    RoundingPer,
    WelfarePay,
)
from domain.rules.yearpack.parsing.layer import Layer, parse_rounding

Value = TypeVar("Value")
ABSENT = "?"
"""Written where the figure of a category is not known: no row is made for it."""
LEDGER_NAME = re.compile(r"[a-z][a-z_]{0,30}")
RATE_KEYS = frozenset(
    {
        *("items", "departments", "purpose", "grades", "attendance", "physical_multiple", "article22_3", "home_visit"),
        *("counts", "categories", "not_covered", "source", "standing", "article", "row", "total"),
    }
)
"""Names a ledger may not have, because rows of rates use them otherwise."""


def parse_ledgers(layers: Sequence[Layer]) -> tuple[Ledger, ...]:
    """[[ledgers]] in order; overlays may add further ones.  `reported = false` keeps one out of the 実績報告."""
    ledgers: dict[str, Ledger] = {}
    for layer in layers:
        for reader in layer.rows("ledgers"):
            with layer.collecting():
                ledger = Ledger(reader.text("name"), reader.text("title"), reader.flag_or("reported", True))
                if not LEDGER_NAME.fullmatch(ledger.name) or ledger.name in RATE_KEYS:
                    raise ReadFault(f"{reader.where}: 会計区分の name は他の項目名でない英小文字にしてください")
                reader.done()
                ledgers[ledger.name] = ledger
    return tuple(ledgers.values())


def parse_items(layers: Sequence[Layer]) -> dict[str, ExpenseItem]:
    """[[items]] by code, in display order."""
    items: dict[str, ExpenseItem] = {}
    for layer in layers:
        for reader in layer.rows("items"):
            with layer.collecting():
                item = _item(reader)
                items[item.code] = item
    return dict(sorted(items.items(), key=lambda pair: pair[1].order))


def _item(reader: Reader) -> ExpenseItem:
    item = ExpenseItem(
        reader.text("code"),
        reader.integer("order", least=1),
        reader.text("title"),
        reader.text("unit"),
        reader.text("evidence"),
        reader.texts("purposes") if reader.has("purposes") else (),
        reader.flag_or("counted", False),
        reader.flag_or("once_per_department", False),
        reader.flag_or("class_only", False),
    )
    reader.done()
    return item


def parse_payment(layers: Sequence[Layer], ledgers: Sequence[Ledger]) -> PaymentRule | None:
    """[payment]; the last layer that has it wins."""
    layer = next((each for each in reversed(layers) if "payment" in each.raw), layers[0])
    with layer.collecting():
        reader = layer.root().child("payment")
        rounding, once = parse_rounding(reader.child("rounding")), layer.origin(reader.child("once_per_department"))
        per = reader.choice_or("rounding_per", RoundingPer, RoundingPer.GROUP)
        rest = reader.text_or("rest", "")
        if rest and rest not in {ledger.name for ledger in ledgers}:
            raise ReadFault(f"{reader.where}: rest の会計区分「{rest}」がありません")
        on = reader.choice_or("category_on", CategoryOn, CategoryOn.EXPENSE)
        rule = PaymentRule(rounding, layer.origin(reader), once, per, rest, on)
        reader.done()
        return rule
    return None


def parse_rates(layers: Sequence[Layer], items: Mapping[str, ExpenseItem], ledgers: Sequence[Ledger]) -> RuleBook[Rate]:
    """[[rates]]: `not_covered = true`, or one list of three shares (Ⅰ, Ⅱ, Ⅲ) per ledger, `"?"` = not known."""
    books = []
    for layer in layers:
        rows: list[tuple[Condition, Rate]] = []
        for reader in layer.rows("rates"):
            with layer.collecting():
                conditions = _conditions(reader, items)
                rates = _rates(layer, reader, ledgers)
                reader.done()
                _extend(rows, reader, conditions, rates)
        books.append(rows)
    return RuleBook(books)


def _rates(layer: Layer, reader: Reader, ledgers: Sequence[Ledger]) -> dict[Category, Rate]:
    origin, row = layer.origin(reader), reader.row
    if reader.flag_or("not_covered", False):
        return {category: Rate(False, (), row, origin) for category in Category}
    vectors = {ledger.name: _vector(reader, ledger.name) for ledger in ledgers if reader.has(ledger.name)}
    if not vectors:
        raise ReadFault(f"{reader.where}: 会計区分ごとの割合か not_covered を書いてください")
    rates: dict[Category, Rate] = {}
    for number, category in enumerate(Category):
        shares = [(name, vector[number]) for name, vector in vectors.items()]
        known = [(name, share) for name, share in shares if share is not None]
        if len(known) < len(shares):
            continue
        if sum(share for _, share in known) > 1:
            raise ReadFault(f"{reader.where}: 区分{category.label}の割合の合計が1を超えています")
        rates[category] = Rate(True, tuple(known), row, origin)
    return rates


def _vector(reader: Reader, name: str) -> list[Fraction | None]:
    found = reader.texts(name)
    if len(found) != len(Category):
        raise ReadFault(f"{reader.where}: 「{name}」は区分Ⅰ・Ⅱ・Ⅲの三つを書いてください")
    try:
        return [None if each == ABSENT else parse_fraction(each) for each in found]
    except ValueError:
        shown = "、".join(each[:MOST_DIGITS] for each in found)
        raise ReadFault(f"{reader.where}: 割合は 1、1/2、0、? のどれかの形で書いてください: {shown}") from None


def parse_caps(layers: Sequence[Layer], items: Mapping[str, ExpenseItem]) -> RuleBook[Cap]:
    """[[caps]]: `annual` 円 a fiscal year with `on` (expense/payment), or `no_cap = true`."""
    books = []
    for layer in layers:
        rows: list[tuple[Condition, Cap]] = []
        for reader in layer.rows("caps"):
            with layer.collecting():
                conditions = _conditions(reader, items)
                cap = _cap(layer, reader)
                chosen = enums(reader, "categories", Category) if reader.has("categories") else frozenset(Category)
                reader.done()
                _extend(rows, reader, conditions, dict.fromkeys(sorted(chosen), cap))
        books.append(rows)
    return RuleBook(books)


def _cap(layer: Layer, reader: Reader) -> Cap:
    origin = layer.origin(reader)
    if reader.has("no_cap") == reader.has("annual"):
        raise ReadFault(f"{reader.where}: annual(円)か no_cap = true のどちらか一つを書いてください")
    if reader.has("no_cap"):
        if not reader.flag("no_cap"):
            raise ReadFault(f"{reader.where}: no_cap は true だけ書けます")
        return Cap(None, CapBasis.EXPENSE, reader.row, origin)
    return Cap(reader.integer("annual"), reader.choice("on", CapBasis), reader.row, origin)


def parse_scheme_pay(section: str, layers: Sequence[Layer], items: Mapping[str, ExpenseItem]) -> dict[str, WelfarePay]:
    """[[welfare_pay]] or [[institution_pay]]: whether items are paid beside the other scheme; later layers win."""
    found: dict[str, WelfarePay] = {}
    for layer in layers:
        for reader in layer.rows(section):
            with layer.collecting():
                pay = WelfarePay(reader.flag("pays"), layer.origin(reader))
                for code in item_codes(reader, items):
                    found[code] = pay
                reader.done()
    return found


def item_codes(reader: Reader, items: Mapping[str, ExpenseItem]) -> tuple[str, ...]:
    codes = reader.texts("items")
    unknown = sorted(set(codes) - set(items))
    if unknown or not codes:
        raise ReadFault(f"{reader.where}: 知らない経費項目です: {'、'.join(unknown)}")
    return codes


def _conditions(reader: Reader, items: Mapping[str, ExpenseItem]) -> list[Condition]:
    """One condition per item and category; the categories are completed by the values."""
    departments = enums(reader, "departments", Department) if reader.has("departments") else frozenset(Department)
    grades = frozenset(_numbers(reader, "grades")) if reader.has("grades") else None
    attendance = enums(reader, "attendance", Attendance) if reader.has("attendance") else None
    counts = _numbers(reader, "counts") if reader.has("counts") else None
    if counts is not None and (len(counts) != 2 or counts[0] > counts[1]):
        raise ReadFault(f"{reader.where}: counts は [はじめ, おわり] で書いてください")
    return [
        Condition(
            code,
            departments,
            category,
            reader.text("purpose") if reader.has("purpose") else None,
            grades,
            attendance,
            reader.flag("physical_multiple") if reader.has("physical_multiple") else None,
            reader.flag("article22_3") if reader.has("article22_3") else None,
            (counts[0], counts[1]) if counts is not None else None,
            reader.flag("home_visit") if reader.has("home_visit") else None,
        )
        for code in item_codes(reader, items)
        for category in Category
    ]


def _extend(
    rows: list[tuple[Condition, Value]], reader: Reader, conditions: list[Condition], values: Mapping[Category, Value]
) -> None:
    for condition in conditions:
        if condition.category not in values:
            continue
        if any(condition.overlaps(other) for other, _ in rows):
            label = f"{condition.item}・区分{condition.category.label}"
            raise ReadFault(f"{reader.where}: 同じ条件に二つの行があります: {label}")
        rows.append((condition, values[condition.category]))


def _numbers(reader: Reader, key: str) -> list[int]:
    found = reader.items(key)
    if not all(type(each) is int for each in found):
        raise ReadFault(f"{reader.where}: 「{key}」は整数の並びで書いてください")
    return [each for each in found if isinstance(each, int)]


EnumValue = TypeVar("EnumValue", bound=Enum)


def enums(reader: Reader, key: str, kind: type[EnumValue]) -> frozenset[EnumValue]:
    known: dict[object, EnumValue] = {member.value: member for member in kind}
    found = reader.items(key)
    if not found or any(isinstance(each, list | dict) or each not in known for each in found):
        raise ReadFault(f"{reader.where}: 「{key}」は {'・'.join(map(str, known))} から選んでください")
    return frozenset(known[each] for each in found)
