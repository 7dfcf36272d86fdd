"""The rows a revision has filled itself, as rows that can be changed or taken out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domain.rules import Pack
from domain.rules.yearpack.model import SpecialCase
from domain.yearpacks.ages import age_row, age_text
from domain.yearpacks.content import VALUES, cell_key, key_of
from domain.yearpacks.lacking import AGE, Row, cell_row
from domain.yearpacks.wording import ACTIONS, ON, SCHEMES, categories_text, key_text

SHOWN = ("rates", "caps", "special", "welfare_pay", "institution_pay", AGE)


@dataclass(frozen=True, slots=True)
class OwnRow:
    """`values` as they stand in the content; `handle` is what `content.remove` takes; `text` says the value."""

    row: Row
    values: Mapping[str, Any]
    handle: bytes
    text: str
    source: str
    article: str


def own_rows(pack: Pack, content: Mapping[str, Any]) -> Iterator[OwnRow]:
    """Every figure the content gives, in the order of its sections."""
    sources: Mapping[str, str] = content.get("sources", {})
    ledgers = [ledger.name for ledger in pack.ledgers]
    for section in SHOWN:
        for raw in content.get(section, []):
            key = {name: value for name, value in raw.items() if name not in _value_names(section, ledgers)}
            yield OwnRow(
                _row(pack, section, key),
                raw,
                key_of(section, raw, ledgers),
                value_text(pack, section, raw),
                sources[raw["source"]],
                raw.get("article", ""),
            )
    for name, table in content.get("tables", {}).items():
        for raw in table["rows"]:
            leading = {key: str(value) for key, value in raw.items() if key in pack.tables[name].keys}
            for cell, amount in raw["cells"].items():
                yield OwnRow(
                    cell_row(pack.tables[name], leading, cell),
                    {"amount": amount},
                    cell_key(name, leading, cell),
                    f"{amount:,}円",
                    sources[raw["source"]],
                    raw.get("article", ""),
                )


def _value_names(section: str, ledgers: list[str]) -> set[str]:
    return set(VALUES[section]) | (set(ledgers) if section == "rates" else set())


def _row(pack: Pack, section: str, key: Mapping[str, Any]) -> Row:
    if section == "special":
        return Row(section, key, SpecialCase(key["case"]).label, "世帯の支弁区分")
    if section == AGE:
        return age_row(key)
    titles = [pack.items[code].title if code in pack.items else code for code in key["items"]]
    where = SCHEMES[section] if section in SCHEMES else key_text(key)
    lacking = tuple(key.get("categories", (1, 2, 3)))
    return Row(section, key, "・".join(titles), where, lacking)


def value_text(pack: Pack, section: str, raw: Mapping[str, Any]) -> str:
    """What a row of the content says, in words."""
    if section == "tables":
        return f"{raw['amount']:,}円"
    if section == "rates":
        if raw.get("not_covered"):
            return "対象外"
        titles = {ledger.name: ledger.title for ledger in pack.ledgers}
        return "、".join(f"{title} {' / '.join(raw[name])}" for name, title in titles.items() if name in raw)
    if section == "caps":
        value = "限度額なし" if raw.get("no_cap") else f"年額 {raw['annual']:,}円（{ON[raw['on']]}）"
        return f"{categories_text(raw['categories'])} {value}" if "categories" in raw else value
    if section == "special":
        return f"区分{'ⅠⅡⅢ'[raw['category'] - 1]}とする" if raw["action"] == "category" else ACTIONS[raw["action"]]
    if section == AGE:
        return age_text(raw["full_years"])
    return "支給する" if raw["pays"] else "支給しない"
