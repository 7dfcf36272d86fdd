"""Parses the formula: need, income, ages, category boundaries, special cases.  The last layer that has a section wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.rules.cases import Category, SchoolStage
from domain.rules.exact import parse_fraction
from domain.rules.income import FACT_TITLES
from domain.rules.packmodel import (
    AgeRule,
    Boundary,
    Component,
    ComponentKind,
    IncomeRule,
    NeedRule,
    SpecialAction,
    SpecialCase,
    SpecialRule,
)
from domain.rules.parsing import Layer, parse_rounding, texts
from domain.rules.reading import Reader, ReadFault
from domain.rules.tables import Table


def _last(layers: Sequence[Layer], section: str) -> Layer:
    return next((layer for layer in reversed(layers) if section in layer.raw), layers[0])


def parse_need(layers: Sequence[Layer], tables: Mapping[str, Table]) -> NeedRule | None:
    """[need] with its [[need.components]]."""
    layer = _last(layers, "need")
    with layer.collecting():
        reader = layer.root().child("need")
        components = []
        for each in reader.children("components"):
            with layer.collecting():
                components.append(_component(each, tables))
        rounding = parse_rounding(reader.child("monthly_rounding")) if reader.has("monthly_rounding") else None
        rule = NeedRule(reader.text("title"), tuple(components), rounding, layer.origin(reader))
        reader.done()
        return rule
    return None


def _component(reader: Reader, tables: Mapping[str, Table]) -> Component:
    table = tables.get(reader.text("table"))
    if table is None:
        raise ReadFault(f"{reader.where}: 表「{reader.text('table')}」がありません")
    kind = reader.choice("kind", ComponentKind)
    personal = {"age", "stage"} & set(table.keys)
    if personal and kind is not ComponentKind.PER_MEMBER:
        raise ReadFault(f"{reader.where}: 年齢・学種の表は per_member だけで使えます")
    stages = _stages(reader)
    component = Component(
        reader.text("id"),
        reader.text("title"),
        kind,
        table,
        reader.integer("times_a_year", least=1),
        stages,
        reader.text_or("article", ""),
    )
    reader.done()
    return component


def _stages(reader: Reader) -> frozenset[SchoolStage]:
    """Stages a component is for; empty = all."""
    known = {stage.value: stage for stage in SchoolStage}
    given = texts(reader, "stages") if reader.has("stages") else ()
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise ReadFault(f"{reader.where}: 知らない学種です: {'、'.join(unknown)}")
    return frozenset(known[each] for each in given)


def parse_income(layers: Sequence[Layer]) -> IncomeRule | None:
    """[income]; an overlay may set only `assumed_none` by its own [income] section."""
    layer = _last(layers, "income")
    with layer.collecting():
        reader = layer.root().child("income")
        adds, deducts = texts(reader, "adds"), texts(reader, "deducts")
        unknown = sorted({*adds, *deducts} - set(FACT_TITLES))
        if unknown:
            raise ReadFault(f"{reader.where}: 知らない所得・控除です: {'、'.join(unknown)}")
        under, origin = None, None
        if reader.has("assumed_none"):
            assumed = reader.child("assumed_none")
            under, origin = assumed.integer("under_age", least=1), layer.origin(assumed)
            assumed.done()
        floor = reader.child("floor")
        rule = IncomeRule(adds, deducts, layer.origin(reader), layer.origin(floor), under, origin)
        reader.done()
        return rule
    return None


def parse_ages(layers: Sequence[Layer]) -> AgeRule | None:
    """[ages]: `on` = base_date (前年末日) or fiscal_year_start (4月1日)."""
    layer = _last(layers, "ages")
    with layer.collecting():
        reader = layer.root().child("ages")
        on = reader.text("on")
        if on not in ("base_date", "fiscal_year_start"):
            raise ReadFault(f"{reader.where}: on は base_date か fiscal_year_start にしてください")
        rule = AgeRule(on, layer.origin(reader))
        reader.done()
        return rule
    return None


def parse_boundaries(layers: Sequence[Layer]) -> tuple[Boundary, ...]:
    """[[category]] rows in rising order; only the last is open."""
    layer = _last(layers, "category")
    rows = []
    for reader in layer.rows("category"):
        with layer.collecting():
            below = reader.text_or("income_below", "")
            rows.append(
                Boundary(
                    reader.choice("category", Category), parse_fraction(below) if below else None, layer.origin(reader)
                )
            )
            reader.done()
    limits = [row.below for row in rows[:-1]]
    closed = [limit for limit in limits if limit is not None]
    if not rows or rows[-1].below is not None or len(closed) < len(limits) or closed != sorted(set(closed)):
        layer.faults.append(f"{layer.name}.category: 区分の境は小さい順に並べ、最後だけ上限なしにしてください")
    return tuple(rows)


def parse_special(layers: Sequence[Layer]) -> dict[SpecialCase, SpecialRule]:
    """[[special]] rows; later layers win."""
    found: dict[SpecialCase, SpecialRule] = {}
    for layer in layers:
        seen: set[SpecialCase] = set()
        for reader in layer.rows("special"):
            with layer.collecting():
                rule = _special(layer, reader)
                if rule.case in seen:
                    raise ReadFault(f"{reader.where}: 同じ行が二つあります: {rule.case.value}")
                seen.add(rule.case)
                found[rule.case] = rule
    return found


def _special(layer: Layer, reader: Reader) -> SpecialRule:
    action = reader.choice("action", SpecialAction)
    category = reader.choice("category", Category) if action is SpecialAction.CATEGORY else None
    rule = SpecialRule(reader.choice("case", SpecialCase), action, category, layer.origin(reader))
    reader.done()
    return rule
