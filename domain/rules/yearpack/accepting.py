"""[[accepted]] rows of an overlay: the board takes an unconfirmed row as its own; the row then stands as `operator`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.rules.reading import ReadFault
from domain.rules.standing import Standing
from domain.rules.yearpack.conditions import Condition, RuleBook
from domain.rules.yearpack.formula import Component, Exclusion, IncomeRule, NeedRule, Switch
from domain.rules.yearpack.model import Boundary, Cap, Pack, Rate, WelfarePay
from domain.rules.yearpack.parsing.layer import Layer
from domain.rules.yearpack.payment_rules import Rule
from domain.rules.yearpack.tables import Acceptance, Cell, Further, Origin, Table

Rows = Mapping[str, Acceptance]


def parse_accepted(layers: Sequence[Layer]) -> dict[str, Acceptance]:
    """Row name → who accepted it, when and why; a base pack accepts nothing."""
    found: dict[str, Acceptance] = {}
    for layer in layers:
        for reader in layer.rows("accepted"):
            with layer.collecting():
                if layer is layers[0]:
                    raise ReadFault(f"{reader.where}: 承認の行は重ね定義に書いてください")
                name = reader.text("row")
                acceptance = Acceptance(reader.text("reason"), reader.text("by"), reader.day("on"))
                reader.done()
                if name in found:
                    raise ReadFault(f"{reader.where}: 同じ行が二度承認されています: {name}")
                found[name] = acceptance
    return found


@dataclass
class _Raiser:
    """Raises origins by name and remembers which names exist."""

    rows: Rows
    used: set[str]

    def origin(self, name: str, origin: Origin) -> Origin:
        """The origin as it stands after acceptance."""
        acceptance = self.rows.get(name)
        if acceptance is None:
            return origin
        self.used.add(name)
        if origin.standing is not Standing.UNCONFIRMED:
            return origin
        return replace(origin, standing=Standing.OPERATOR, accepted=acceptance)

    def maybe(self, name: str, origin: Origin | None) -> Origin | None:
        """As `origin`, where there is one."""
        return None if origin is None else self.origin(name, origin)


def accept(pack: Pack, rows: Rows, layer: Layer) -> Pack:
    """The pack with accepted rows raised; an unknown row name is a fault of `layer`."""
    if not rows:
        return pack
    raiser = _Raiser(rows, set())
    tables = {name: _table(raiser, table) for name, table in pack.tables.items()}
    found = replace(
        pack,
        tables=tables,
        need=_need(raiser, pack.need, tables),
        income=_income(raiser, pack.income),
        ages=replace(pack.ages, origin=raiser.origin("ages", pack.ages.origin)),
        as_of=pack.as_of and replace(pack.as_of, origin=raiser.origin("as_of", pack.as_of.origin)),
        boundaries=tuple(_boundary(raiser, each) for each in pack.boundaries),
        special={
            case: replace(rule, origin=raiser.origin(f"special/{case.value}", rule.origin))
            for case, rule in pack.special.items()
        },
        rates=RuleBook([[_rate(raiser, *row) for row in each] for each in pack.rates.layers]),
        caps=RuleBook([[_cap(raiser, *row) for row in each] for each in pack.caps.layers]),
        welfare_pay=_scheme(raiser, "welfare_pay", pack.welfare_pay),
        institution_pay=_scheme(raiser, "institution_pay", pack.institution_pay),
        inquiry_age=tuple(replace(each, origin=raiser.origin(each.name, each.origin)) for each in pack.inquiry_age),
        pay_rules=replace(pack.pay_rules, rows=tuple(_pay_rule(raiser, each) for each in pack.pay_rules.rows)),
        payment=replace(
            pack.payment,
            origin=raiser.origin("payment", pack.payment.origin),
            once=raiser.origin("payment/once", pack.payment.once),
        ),
    )
    unknown = sorted(set(rows) - raiser.used)
    if unknown:
        layer.faults.append(f"{layer.name}.accepted: 年度定義にない行です: {'、'.join(unknown)}")
    return found


def _scheme(raiser: _Raiser, name: str, rows: Mapping[str, WelfarePay]) -> dict[str, WelfarePay]:
    return {item: replace(row, origin=raiser.origin(f"{name}/{item}", row.origin)) for item, row in rows.items()}


def _pay_rule(raiser: _Raiser, rule: Rule) -> Rule:
    scope = rule.scope
    return replace(rule, scope=replace(scope, origin=raiser.origin(f"payment_rules/{scope.id}", scope.origin)))


def _table(raiser: _Raiser, table: Table) -> Table:
    raised: dict[Cell, Cell] = {}

    def cell(found: Cell) -> Cell:
        if found not in raised:
            raised[found] = replace(found, origin=raiser.origin(found.name, found.origin))
        return raised[found]

    if not any(name.startswith(f"{table.name}/") for name in raiser.rows):
        return table
    further = {key: Further(each.beyond, cell(each.cell)) for key, each in table.further.items()}
    return replace(table, cells={key: cell(each) for key, each in table.cells.items()}, further=further)


def _need(raiser: _Raiser, rule: NeedRule, tables: Mapping[str, Table]) -> NeedRule:
    return replace(
        rule,
        components=tuple(_component(raiser, each, tables) for each in rule.components),
        origin=raiser.origin("need", rule.origin),
        exclusions=tuple(_exclusion(raiser, each) for each in rule.exclusions),
        single_parent_by_deduction=raiser.maybe("need/single_parent_by_deduction", rule.single_parent_by_deduction),
        switches=tuple(_switch(raiser, each) for each in rule.switches),
    )


def _component(raiser: _Raiser, component: Component, tables: Mapping[str, Table]) -> Component:
    def of(table: Table | None) -> Table | None:
        return None if table is None else tables[table.name]

    return replace(
        component,
        table=of(component.table),
        months=of(component.months),
        reduction=of(component.reduction),
        origin=raiser.maybe(f"need/{component.id}", component.origin),
    )


def _exclusion(raiser: _Raiser, exclusion: Exclusion) -> Exclusion:
    return replace(exclusion, origin=raiser.origin(f"need/exclusions/{exclusion.id}", exclusion.origin))


def _switch(raiser: _Raiser, switch: Switch) -> Switch:
    return replace(switch, origin=raiser.origin(f"switches/{switch.name}", switch.origin))


def _income(raiser: _Raiser, rule: IncomeRule) -> IncomeRule:
    return replace(
        rule,
        origin=raiser.origin("income", rule.origin),
        floor=raiser.origin("income/floor", rule.floor),
        assumed_none_origin=raiser.maybe("income/assumed_none", rule.assumed_none_origin),
        switches=tuple(_switch(raiser, each) for each in rule.switches),
    )


def _boundary(raiser: _Raiser, boundary: Boundary) -> Boundary:
    return replace(boundary, origin=raiser.origin(f"category/{int(boundary.category)}", boundary.origin))


def _rate(raiser: _Raiser, condition: Condition, rate: Rate) -> tuple[Condition, Rate]:
    return condition, replace(rate, origin=raiser.origin(rate.row, rate.origin))


def _cap(raiser: _Raiser, condition: Condition, cap: Cap) -> tuple[Condition, Cap]:
    return condition, replace(cap, origin=raiser.origin(cap.row, cap.origin))
