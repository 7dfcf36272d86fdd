"""load_pack(): a base pack and its overlays, validated, typed, with one digest over all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from domain.rules.canonical import digest_of
from domain.rules.errors import PackError
from domain.rules.yearpack.accepting import accept, parse_accepted
from domain.rules.yearpack.files import find_folder, info_of, is_plain_name, read_folder, refuse_strange_values
from domain.rules.yearpack.model import Pack
from domain.rules.yearpack.parsing.formula import (
    parse_ages,
    parse_as_of,
    parse_boundaries,
    parse_income,
    parse_special,
)
from domain.rules.yearpack.parsing.layer import Layer
from domain.rules.yearpack.parsing.need import parse_need, parse_switches
from domain.rules.yearpack.parsing.payment import (
    parse_caps,
    parse_items,
    parse_ledgers,
    parse_payment,
    parse_rates,
    parse_scheme_pay,
)
from domain.rules.yearpack.parsing.payment_rules import parse_rules
from domain.rules.yearpack.parsing.places import parse_inquiry_age, parse_legal_basis, parse_places
from domain.rules.yearpack.parsing.tables import parse_tables

SECTIONS = frozenset(
    [
        "pack",
        "sources",
        "tables",
        "need",
        "income",
        "ages",
        "category",
        "special",
        "ledgers",
        "payment",
        "items",
        "rates",
        "caps",
        "welfare_pay",
        "institution_pay",
        "payment_rules",
        "as_of",
        "switches",
        "accepted",
        "municipalities",
        "legal_basis",
        "inquiry_age",
    ]
)


Loader = Callable[[str, Sequence[str]], Pack]
"""Pack of a name and its overlays; PackError."""


def load_pack(name: str, overlays: Sequence[str] = (), *, more: Sequence[Path] = ()) -> Pack:
    """The pack `name` with `overlays` applied in order (later rows win).  PackError lists every fault found.

    `more`: folders of packs that are asked before those that ship.
    """
    return _load(name, tuple(overlays), tuple(more))


@lru_cache(maxsize=32)
def _load(name: str, overlays: tuple[str, ...], more: tuple[Path, ...]) -> Pack:
    for each in (name, *overlays):
        if not is_plain_name(each):
            raise PackError(each, ["年度定義の名前が正しくありません"])
    if len({name, *overlays}) < 1 + len(overlays):
        raise PackError(name, ["同じ年度定義を二度重ねることはできません。"])
    raws = {each: read_folder(find_folder(each, more)) for each in (name, *overlays)}
    return build_pack(name, raws)


def build_pack(name: str, raws: Mapping[str, dict[str, object]]) -> Pack:
    """Pack of raw contents, the base first, then its overlays."""
    for each, raw in raws.items():
        refuse_strange_values(raw, each)
    infos = [info_of(raw, each) for each, raw in raws.items()]
    base, overlays = infos[0], infos[1:]
    faults: list[str] = []
    if base.extends:
        faults.append(f"「{name}」は重ね定義です。{'・'.join(base.extends)} に重ねて使ってください。")
    for overlay in overlays:
        if name not in overlay.extends or overlay.fiscal_year != base.fiscal_year:
            faults.append(f"重ね定義「{overlay.name}」は「{name}」には使えません。")
    for each, raw in raws.items():
        unknown = sorted(set(raw) - SECTIONS)
        faults += [f"{each}: 知らない項目です: {'、'.join(unknown)}"] if unknown else []
    if faults:
        raise PackError(name, faults)
    layers = [Layer(each, raw, faults) for each, raw in raws.items()]
    pack = _parse(name, layers, base.title, base.fiscal_year, digest_of(list(raws.items())))
    if faults or pack is None:
        raise PackError(name, faults)
    return pack


def _parse(name: str, layers: list[Layer], title: str, year: int, digest: str) -> Pack | None:
    faults = layers[0].faults
    as_of = parse_as_of(layers)
    tables = parse_tables(layers, None if as_of is None else as_of.on)
    switches = parse_switches(layers)
    ledgers = parse_ledgers(layers)
    items = parse_items(layers)
    need, income = parse_need(layers, tables, switches), parse_income(layers, switches)
    ages, payment = parse_ages(layers), parse_payment(layers, ledgers)
    special, boundaries = parse_special(layers), parse_boundaries(layers)
    rates, caps = parse_rates(layers, items, ledgers), parse_caps(layers, items)
    welfare_pay, institution_pay = (
        parse_scheme_pay(each, layers, items) for each in ("welfare_pay", "institution_pay")
    )
    pay_rules = parse_rules(layers, items)
    trial = tuple(layer.trial for layer in layers if layer.trial is not None)
    places, legal_basis, accepted = parse_places(layers), parse_legal_basis(layers), parse_accepted(layers)
    if faults or need is None or income is None or ages is None or payment is None:
        return None
    overlays = tuple(layer.name for layer in layers[1:])
    titles = "+".join([title, *(layer.title for layer in layers[1:])])
    sample = any(layer.sample for layer in layers)
    pack = Pack(
        name=name,
        title=titles,
        fiscal_year=year,
        overlays=overlays,
        sample=sample,
        digest=digest,
        tables=tables,
        need=need,
        income=income,
        ages=ages,
        boundaries=boundaries,
        special=special,
        ledgers=ledgers,
        payment=payment,
        items=items,
        rates=rates,
        caps=caps,
        welfare_pay=welfare_pay,
        institution_pay=institution_pay,
        pay_rules=pay_rules,
        trial=trial,
        as_of=as_of,
        places=places,
        legal_basis=legal_basis,
        inquiry_age=parse_inquiry_age(layers),
    )
    return accept(pack, accepted, layers[-1])
