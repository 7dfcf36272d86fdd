"""Parses [[payment_rules]]: one small reader per kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from domain.rules.cases import Category
from domain.rules.exact import parse_fraction
from domain.rules.payment_cases import Department
from domain.rules.reading import Reader, ReadFault
from domain.rules.yearpack.model import ExpenseItem
from domain.rules.yearpack.parsing.layer import Layer, parse_rounding
from domain.rules.yearpack.parsing.payment import enums, item_codes
from domain.rules.yearpack.payment_rules import (
    BeforeEntry,
    EnrolledInApril,
    NetOf,
    NetPer,
    OwnCar,
    PayRules,
    ProrateCap,
    RollExcess,
    Rule,
    RuleKind,
    Scope,
)

MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")
LEAP_YEAR = 2024
Items = Mapping[str, ExpenseItem]


def parse_rules(layers: Sequence[Layer], items: Items) -> PayRules:
    """Every row by its `id`; a row of a later layer with the same id takes the earlier one's place."""
    rules: dict[str, Rule] = {}
    for layer in layers:
        own: set[str] = set()
        for reader in layer.rows("payment_rules"):
            with layer.collecting():
                rule = _rule(layer, reader, items)
                if rule.scope.id in own:
                    raise ReadFault(f"{reader.where}: 同じ id の行が二つあります: {rule.scope.id}")
                own.add(rule.scope.id)
                rules.pop(rule.scope.id, None)
                rules[rule.scope.id] = rule
    return PayRules(tuple(rules.values()))


def _rule(layer: Layer, reader: Reader, items: Items) -> Rule:
    kind = reader.choice("kind", RuleKind)
    scope = _scope(layer, reader, items)
    rule = _KINDS[kind](scope, reader, items)
    reader.done()
    return rule


def _scope(layer: Layer, reader: Reader, items: Items) -> Scope:
    starts_on, ends_on = (reader.day(each) if reader.has(each) else None for each in ("starts_on", "ends_on"))
    if starts_on and ends_on and ends_on < starts_on:
        raise ReadFault(f"{reader.where}: ends_on が starts_on より前です")
    return Scope(
        reader.text("id"),
        reader.flag("enabled"),
        frozenset(item_codes(reader, items)),
        enums(reader, "departments", Department) if reader.has("departments") else None,
        starts_on,
        ends_on,
        reader.row,
        layer.origin(reader),
    )


def _prorate(scope: Scope, reader: Reader, _items: Items) -> Rule:
    found = MONTH_DAY.fullmatch(reader.text("full_through"))
    try:
        month, day = (int(each) for each in found.groups()) if found else (0, 0)
        date(LEAP_YEAR, month, day)
    except ValueError:
        raise ReadFault(f"{reader.where}: full_through は 04-30 の形の月日で書いてください") from None
    return ProrateCap(scope, (month, day), parse_rounding(reader.child("rounding")))


def _roll(scope: Scope, reader: Reader, items: Items) -> Rule:
    into = reader.text("into")
    if into not in items or into in scope.items:
        raise ReadFault(f"{reader.where}: into の経費項目が正しくありません: {into}")
    if items[into].purposes or items[into].counted:
        raise ReadFault(f"{reader.where}: 「{items[into].title}」には超過分を移せません(目的か回数が要る項目です)")
    return RollExcess(scope, into)


def _april(scope: Scope, _reader: Reader, _items: Items) -> Rule:
    return EnrolledInApril(scope)


def _before_entry(scope: Scope, reader: Reader, _items: Items) -> Rule:
    return BeforeEntry(scope, enums(reader, "categories", Category))


def _net_of(scope: Scope, reader: Reader, _items: Items) -> Rule:
    per = reader.choice("per", NetPer)
    if (per is NetPer.RECEIVED) == reader.has("grant"):
        raise ReadFault(f"{reader.where}: per が meal か month のとき grant(円)を、received のときは書かないでください")
    grant = reader.integer("grant") if reader.has("grant") else None
    return NetOf(scope, per, grant, reader.flag("welfare") if reader.has("welfare") else None)


def _own_car(scope: Scope, reader: Reader, _items: Items) -> Rule:
    return OwnCar(scope, _price(reader), parse_rounding(reader.child("rounding")))


def _price(reader: Reader) -> Fraction:
    try:
        return parse_fraction(reader.text("price_per_km"))
    except ValueError:
        raise ReadFault(f'{reader.where}: price_per_km は "15" か "37/2" の形で書いてください(円/km)') from None


_KINDS: dict[RuleKind, Callable[[Scope, Reader, Items], Rule]] = {
    RuleKind.PRORATE_CAP: _prorate,
    RuleKind.ROLL_EXCESS: _roll,
    RuleKind.ENROLLED_IN_APRIL: _april,
    RuleKind.BEFORE_ENTRY: _before_entry,
    RuleKind.NET_OF: _net_of,
    RuleKind.OWN_CAR: _own_car,
}
