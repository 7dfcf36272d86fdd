"""What a pack lacks, as rows that can be filled: for whom each row is, and where its figure is absent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, product
from typing import Any

from domain.rules import Category, Department, ExpenseItem, Pack
from domain.rules.yearpack.checking import key_domain, questions
from domain.rules.yearpack.conditions import Question
from domain.rules.yearpack.model import SpecialCase
from domain.rules.yearpack.tables import KEY_TITLES, Key, Table
from domain.yearpacks.content import cell_key, key_of
from domain.yearpacks.wording import SCHEMES, categories_text, key_text

SECTIONS = {
    "rates": "支給の割合",
    "caps": "限度額",
    "tables": "需要額の表",
    "special": "区分の特例",
    "welfare_pay": "要保護への支給",
    "institution_pay": "施設生への支給",
}
AGE = "inquiry_age"
KINDS = {**SECTIONS, AGE: "照会する年齢"}
"""Every kind of row that can be filled; `SECTIONS` are those that can be lacking."""
LAST_COUNT = 99
"""End of an open range of 回数."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row to fill. `key` says for whom it is, in the words of the pack; `scope` and `where` say it in Japanese.

    `lacking`: the 支弁区分 for which the figure is absent (all where the row does not depend on it).
    """

    section: str
    key: Mapping[str, Any]
    title: str
    where: str
    lacking: tuple[int, ...] = (1, 2, 3)

    @property
    def id(self) -> str:
        """Short name of the row, the same as long as it is for the same cases."""
        return row_id(self.section, self.key)

    @property
    def kind(self) -> str:
        return KINDS[self.section]

    @property
    def question(self) -> str:
        """What the papers are asked for this row."""
        if self.section == AGE:
            return "何歳以上の世帯員の税情報を照会しますか"
        if self.section in SCHEMES:
            return f"{self.title}を、{SCHEMES[self.section]}に支給しますか"
        if self.section == "special":
            return f"{self.title}の世帯の支弁区分は、資料ではどうなっていますか"
        words = {"rates": "支給の割合は、資料ではどうなっていますか", "caps": "限度額は、資料ではいくらですか"}
        return f"{self.title}の{words.get(self.section, '額は、資料ではいくらですか')}"

    @property
    def lacking_text(self) -> str:
        return categories_text(self.lacking) if self.section in ("rates", "caps") else ""


def row_id(section: str, key: Mapping[str, Any]) -> str:
    """A letter and eleven hexadecimal digits (never twelve digits in a row); of a cell the key holds `table`, `leading` and `cell`."""
    named = cell_key(key["table"], key["leading"], key["cell"]) if section == "tables" else key_of(section, key)
    return f"r{hashlib.sha256(named).hexdigest()[:11]}"


def lacking_rows(pack: Pack) -> list[Row]:
    """Every absent row of the pack, by kind."""
    asked = list(_asked(pack))
    for_schools = [item for item in pack.items.values() if not item.class_only]
    return [
        *_rates(pack, asked),
        *_caps(pack, asked),
        *(row for table in pack.tables.values() for row in _cells(pack, table)),
        *(special_row(case) for case in SpecialCase if case not in pack.special),
        *(scheme_row("welfare_pay", item) for item in for_schools if item.code not in pack.welfare_pay),
        *(scheme_row("institution_pay", item) for item in for_schools if item.code not in pack.institution_pay),
    ]


Group = tuple[ExpenseItem, Department, str, list[Question]]


def _asked(pack: Pack) -> Iterator[Group]:
    """Every question that payments can ask, by item, 部 and purpose, in the order of the pack."""
    for item, department in product(pack.items.values(), Department):
        every = [asked for category in Category for asked in questions(pack, item, department, category)]
        for purpose in item.purposes or ("",):
            yield item, department, purpose, [asked for asked in every if asked.purpose == purpose]


def _rates(pack: Pack, groups: list[Group]) -> Iterator[Row]:
    for item, department, purpose, every in groups:
        absent = [asked for asked in every if pack.rates.find(asked) is None]
        if absent:
            yield _row("rates", item, department, purpose, absent, every)


def _caps(pack: Pack, groups: list[Group]) -> Iterator[Row]:
    for item, department, purpose, every in groups:
        absent = [asked for asked in every if _needs_cap(pack, asked) and pack.caps.find(asked) is None]
        if absent:
            yield _row("caps", item, department, purpose, absent, every)


def _needs_cap(pack: Pack, asked: Question) -> bool:
    """A cap is asked where something is paid; where the rate is absent too, it will be."""
    rate = pack.rates.find(asked)
    return rate is None or (rate.covered and any(share for _, share in rate.shares))


def _row(
    section: str, item: ExpenseItem, department: Department, purpose: str, absent: list[Question], every: list[Question]
) -> Row:
    categories = tuple(sorted({int(asked.category) for asked in absent}))
    key: dict[str, Any] = {"items": [item.code], "departments": [department.value]}
    if purpose:
        key["purpose"] = purpose
    key |= _narrowed(absent, every)
    if section == "caps" and len(categories) < len(Category):
        key["categories"] = list(categories)
    return Row(section, key, item.title, key_text(key), categories)


def _narrowed(absent: list[Question], every: list[Question]) -> dict[str, Any]:
    """Keys in which the absent questions have fewer values than all."""

    def fewer(name: str) -> list[Any]:
        some, all_ = ({getattr(asked, name) for asked in part} for part in (absent, every))
        return [] if some == all_ else sorted(some)

    key: dict[str, Any] = {}
    if grades := fewer("grade"):
        key["grades"] = grades
    if attendance := fewer("attendance"):
        key["attendance"] = [each.value for each in attendance]
    for name in ("physical_multiple", "article22_3", "home_visit"):
        if values := fewer(name):
            key[name] = values[0]
    if counts := fewer("count_no"):
        later = [each for each in sorted({asked.count_no for asked in every}) if each > counts[-1]]
        key["counts"] = [counts[0], later[0] - 1 if later else LAST_COUNT]
    return key


def _cells(pack: Pack, table: Table) -> Iterator[Row]:
    domains = [key_domain(pack, table, name) for name in table.keys]
    last = table.keys[-1]
    alike: dict[tuple[str, tuple[tuple[str, str], ...]], list[Key]] = {}
    for leading in product(*domains[:-1]):
        absent = [value for value in domains[-1] if table.find((*leading, value)) is None]
        named = dict(zip(table.keys, leading, strict=False))
        age = named.pop("age", "")
        others = tuple((name, str(value)) for name, value in named.items())
        for cell in _ranges(last, absent):
            alike.setdefault((cell, others), []).append(age)
    for (cell, others), ages in alike.items():
        for age in _ranges("age", ages) if "age" in table.keys[:-1] else [""]:
            known = dict(others) | ({"age": age} if age else {})
            yield cell_row(table, {name: known[name] for name in table.keys[:-1]}, cell)


def cell_row(table: Table, leading: Mapping[str, str], cell: str) -> Row:
    """The row of one amount of a table."""
    words = [f"{KEY_TITLES[name]} {value}" for name, value in leading.items()]
    words.append(f"{KEY_TITLES[table.keys[-1]]} {cell}")
    key = {"table": table.name, "leading": dict(leading), "cell": cell}
    return Row("tables", key, table.title, "・".join(words))


def _ranges(name: str, values: list[Key]) -> Iterator[str]:
    """Neighbouring ages as one written range; everything else one by one."""
    if name != "age":
        yield from map(str, values)
        return
    numbers = [value for value in values if isinstance(value, int)]
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        part = [number for _, number in run]
        yield str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}"


def special_row(case: SpecialCase) -> Row:
    """The row of a household whose 区分 is fixed without tax facts."""
    return Row("special", {"case": case.value}, case.label, "世帯の支弁区分")


def scheme_row(section: str, item: ExpenseItem) -> Row:
    """The row saying whether an item is paid beside another scheme (教育扶助, 措置費)."""
    return Row(section, {"items": [item.code]}, item.title, SCHEMES[section])
