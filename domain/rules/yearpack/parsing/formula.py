"""Parses income, ages, the day of the tables, category boundaries, special cases.

The last layer that has a section wins; the need has its own module (`parsing_need.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.rules.assessment.income import FACT_TITLES
from domain.rules.cases import Category
from domain.rules.reading import Reader, ReadFault
from domain.rules.yearpack.formula import AgeRule, AsOf, FloorPer, IncomeRule, Switch
from domain.rules.yearpack.model import Boundary, SpecialAction, SpecialCase, SpecialRule
from domain.rules.yearpack.parsing.layer import Layer, fraction, last_with


def parse_income(layers: Sequence[Layer], switches: Mapping[str, Switch]) -> IncomeRule | None:
    """[income] of the last layer that has it; a switch named like a fact adds it to `deducts` or takes it out."""
    layer = last_with(layers, "income")
    with layer.collecting():
        reader = layer.root().child("income")
        adds, deducts = reader.texts("adds"), reader.texts("deducts")
        unknown = sorted({*adds, *deducts} - set(FACT_TITLES))
        if unknown:
            raise ReadFault(f"{reader.where}: 知らない所得・控除です: {'、'.join(unknown)}")
        under, origin = None, None
        if reader.has("assumed_none"):
            assumed = reader.child("assumed_none")
            under, origin = assumed.integer("under_age", least=1), layer.origin(assumed)
            assumed.done()
        used = tuple(switch for name, switch in switches.items() if name in FACT_TITLES)
        for switch in used:
            kept = tuple(name for name in deducts if name != switch.name)
            deducts = (*kept, switch.name) if switch.on else kept
        floor = reader.child("floor")
        per = floor.choice_or("per", FloorPer, FloorPer.HOUSEHOLD)
        rule = IncomeRule(adds, deducts, layer.origin(reader), layer.origin(floor), under, origin, per, used)
        floor.done()
        reader.done()
        return rule
    return None


def parse_ages(layers: Sequence[Layer]) -> AgeRule | None:
    """[ages]: `on` = base_date (前年末日) or fiscal_year_start (4月1日)."""
    layer = last_with(layers, "ages")
    with layer.collecting():
        reader = layer.root().child("ages")
        on = reader.text("on")
        if on not in ("base_date", "fiscal_year_start"):
            raise ReadFault(f"{reader.where}: on は base_date か fiscal_year_start にしてください")
        rule = AgeRule(on, layer.origin(reader))
        reader.done()
        return rule
    return None


def parse_as_of(layers: Sequence[Layer]) -> AsOf | None:
    """[as_of]: the day whose version of dated tables is read; None when no layer says one."""
    layer = last_with(layers, "as_of")
    if "as_of" not in layer.raw:
        return None
    with layer.collecting():
        reader = layer.root().child("as_of")
        found = AsOf(reader.day("on"), layer.origin(reader))
        reader.done()
        return found
    return None


def parse_boundaries(layers: Sequence[Layer]) -> tuple[Boundary, ...]:
    """[[category]] rows in rising order; only the last is open."""
    layer = last_with(layers, "category")
    rows = []
    for reader in layer.rows("category"):
        with layer.collecting():
            below = fraction(reader, "income_below") if reader.has("income_below") else None
            rows.append(Boundary(reader.choice("category", Category), below, layer.origin(reader)))
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
