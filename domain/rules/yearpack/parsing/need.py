"""Parses [need] with its components and exclusions, and the [[switches]] that turn parts of the formula on or off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from domain.rules.assessment.income import FACT_TITLES
from domain.rules.cases import SchoolStage
from domain.rules.reading import Reader, ReadFault
from domain.rules.yearpack.formula import Component, ComponentKind, Exclusion, NeedRule, Switch, Who
from domain.rules.yearpack.parsing.layer import Layer, fraction, last_with, parse_rounding
from domain.rules.yearpack.tables import NUMBERS, PERSONAL, Table, expand_key

MEMBER_FACTS = ("materials_cost", "commuting_cost")
"""教材代 and 年額通学費: annual amounts a member has of its own."""


def parse_switches(layers: Sequence[Layer]) -> dict[str, Switch]:
    """[[switches]] rows; later layers win."""
    found: dict[str, Switch] = {}
    for layer in layers:
        seen: set[str] = set()
        for reader in layer.rows("switches"):
            with layer.collecting():
                switch = Switch(reader.text("name"), reader.flag("on"), layer.origin(reader))
                reader.done()
                if switch.name in seen:
                    raise ReadFault(f"{reader.where}: 同じ行が二つあります: {switch.name}")
                seen.add(switch.name)
                found[switch.name] = switch
    return found


def parse_need(layers: Sequence[Layer], tables: Mapping[str, Table], switches: Mapping[str, Switch]) -> NeedRule | None:
    """[need] of the last layer that has it, its components as the switches leave them."""
    layer = last_with(layers, "need")
    with layer.collecting():
        reader = layer.root().child("need")
        components: list[Component] = []
        for each in reader.children("components"):
            with layer.collecting():
                components.append(_component(layer, each, tables, switches))
        ids = [component.id for component in components]
        if len(set(ids)) < len(ids):
            raise ReadFault(f"{reader.where}: 同じ id の要素が二つあります")
        exclusions = []
        for each in reader.children("exclusions"):
            with layer.collecting():
                exclusions.append(_exclusion(layer, each, ids))
        rounding = parse_rounding(reader.child("monthly_rounding")) if reader.has("monthly_rounding") else None
        origin, implied = layer.origin(reader), None
        if reader.has("single_parent_by_deduction"):
            child = reader.child("single_parent_by_deduction")
            implied = layer.origin(child)
            child.done()
        used = tuple(switch for name, switch in switches.items() if name in ids)
        _check_switches(layers[-1], switches, {*ids, *FACT_TITLES})
        title = reader.text("title")
        reader.done()
        return NeedRule(title, tuple(components), rounding, origin, tuple(exclusions), implied, used)
    return None


def _check_switches(layer: Layer, switches: Mapping[str, Switch], known: set[str]) -> None:
    unknown = sorted(set(switches) - known)
    if unknown:
        layer.faults.append(f"{layer.name}.switches: 入り切りできない名前です: {'、'.join(unknown)}")


def _component(layer: Layer, reader: Reader, tables: Mapping[str, Table], switches: Mapping[str, Switch]) -> Component:
    kind = reader.choice("kind", ComponentKind)
    is_fact = kind is ComponentKind.PER_MEMBER_FACT
    months = _table(reader, "months", tables) if reader.has("months") else None
    component = Component(
        id=reader.text("id"),
        title=reader.text("title"),
        kind=kind,
        table=None if is_fact else _table(reader, "table", tables),
        times_a_year=reader.integer("times_a_year", least=1) if months is None else 0,
        article=reader.text_or("article", ""),
        who=_who(reader),
        months=months,
        reduction=_table(reader, "reduction", tables) if reader.has("reduction") else None,
        multiplier=fraction(reader, "multiplier") if reader.has("multiplier") else Fraction(1),
        rounding=parse_rounding(reader.child("rounding")) if reader.has("rounding") else None,
        fact=_fact(reader) if is_fact else "",
        only_single_parent=reader.flag_or("only_single_parent", False),
        on=reader.flag_or("on", True),
        origin=layer.origin(reader) if is_fact or reader.has("source") else None,
    )
    reader.done()
    _check_component(reader, component)
    switch = switches.get(component.id)
    return component if switch is None else replace(component, on=switch.on)


def _table(reader: Reader, key: str, tables: Mapping[str, Table]) -> Table:
    table = tables.get(reader.text(key))
    if table is None:
        raise ReadFault(f"{reader.where}: 表「{reader.text(key)}」がありません")
    return table


def _fact(reader: Reader) -> str:
    fact = reader.text("fact")
    if fact not in MEMBER_FACTS:
        raise ReadFault(f"{reader.where}: 「fact」は {'・'.join(MEMBER_FACTS)} のどれかにしてください")
    return fact


def _check_component(reader: Reader, component: Component) -> None:
    """Whether the tables' keys are ones the kind can answer."""
    keys = set(component.table.keys) if component.table else set()
    if keys & PERSONAL and component.kind is not ComponentKind.PER_MEMBER:
        raise ReadFault(f"{reader.where}: 年齢・学種・障害の表は per_member だけで使えます")
    if ("children" in keys) is not (component.kind is ComponentKind.PER_CHILDREN):
        raise ReadFault(f"{reader.where}: 児童の数の表は per_children だけで、per_children には必ず使います")
    for other in (component.months, component.reduction):
        if other is not None and set(other.keys) & (PERSONAL | {"children"}):
            raise ReadFault(f"{reader.where}: 月数・逓減率の表に、一人ひとりの項目や児童の数は使えません")
    if not component.who.everyone and component.kind in (ComponentKind.PER_HOUSEHOLD, ComponentKind.PER_FURTHER_PUPIL):
        raise ReadFault(f"{reader.where}: 世帯員の条件は、世帯員を数える種類だけで使えます")


def _who(reader: Reader) -> Who:
    ages = None
    if reader.has("ages"):
        text = reader.text("ages")
        try:
            found = expand_key("age", text)
        except ValueError:
            raise ReadFault(f'{reader.where}: 「ages」は "0-17" の形で書いてください: {text}') from None
        ages = (int(found[0]), min(int(found[-1]), NUMBERS["age"][1]))
    return Who(
        _stages(reader),
        ages,
        reader.flag_or("special_needs", False),
        reader.flag_or("guardian", False),
        reader.flag_or("disabled", False),
    )


def _stages(reader: Reader) -> frozenset[SchoolStage]:
    """Stages a component is for; empty = all."""
    known = {stage.value: stage for stage in SchoolStage}
    given = reader.texts("stages") if reader.has("stages") else ()
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise ReadFault(f"{reader.where}: 知らない学種です: {'、'.join(unknown)}")
    return frozenset(known[each] for each in given)


def _exclusion(layer: Layer, reader: Reader, ids: Sequence[str]) -> Exclusion:
    components = reader.texts("components")
    unknown = sorted(set(components) - set(ids))
    if unknown or len(set(components)) < 2:
        raise ReadFault(f"{reader.where}: components は二つ以上の要素の id にしてください: {'、'.join(components)}")
    exclusion = Exclusion(reader.text("id"), components, layer.origin(reader))
    reader.done()
    return exclusion
