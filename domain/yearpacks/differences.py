"""What is different between two packs of a year, row by row, in words: before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Generic, TypeVar

from domain.rules import Cap, Category, Department, ExpenseItem, Pack, Rate
from domain.rules.standing import Standing
from domain.rules.yearpack.checking import questions
from domain.rules.yearpack.conditions import Condition, Question, RuleBook
from domain.rules.yearpack.model import SpecialCase
from domain.rules.yearpack.tables import KEY_TITLES, Key, Table
from domain.yearpacks.ages import TITLE, rows_in_use, said
from domain.yearpacks.lacking import AGE, KINDS, SECTIONS
from domain.yearpacks.wording import (
    SCHEMES,
    cap_text,
    categories_text,
    departments_text,
    pays_text,
    rate_text,
    special_text,
    subset_text,
    with_standing,
)

ABSENT = "欠"
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is not the same."""

    kind: str
    row: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Change:
    """A difference of one item, the same in several 部 perhaps."""

    kind: str
    item: str
    categories: str
    narrowed: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Kind(Generic[Value]):
    """One kind of rows: where a pack has them, and what one says."""

    title: str
    book: Callable[[Pack], RuleBook[Value]]
    say: Callable[[Pack, Value], str]

    def said(self, pack: Pack, value: Value | None) -> str:
        return ABSENT if value is None else self.say(pack, value)

    def rows(self, pack: Pack, item: ExpenseItem) -> list[tuple[Condition, str]]:
        return [(condition, self.say(pack, value)) for condition, value in self.book(pack).rows(item.code)]


def differences(before: Pack, after: Pack) -> list[Difference]:
    """Empty for two packs that answer every question alike."""
    return [*_payments(before, after), *_tables(before, after), *_rules(before, after)]


def _payments(before: Pack, after: Pack) -> Iterator[Difference]:
    alike: dict[_Change, list[Department]] = {}
    for item in {**before.items, **after.items}.values():
        # The same rows in the same order answer alike, whatever is asked: most items are not gone through at all.
        kinds = [kind for kind in _KINDS if kind.rows(before, item) != kind.rows(after, item)]
        for department in Department if kinds else ():
            every = _questions(before, after, item, department)
            for purpose, kind in product(item.purposes or ("",), kinds):
                for change in _compare(before, after, kind, item, every[purpose]):
                    alike.setdefault(change, []).append(department)
    for change, departments in alike.items():
        words = [change.item, departments_text(departments), change.categories, change.narrowed]
        yield Difference(change.kind, "　".join(word for word in words if word), change.before, change.after)


def _questions(before: Pack, after: Pack, item: ExpenseItem, department: Department) -> dict[str, list[Question]]:
    """Everything either pack can be asked, by its purpose."""
    found: dict[str, dict[Question, None]] = defaultdict(dict)
    for pack, category in product((before, after), Category):
        for asked in questions(pack, item, department, category):
            found[asked.purpose][asked] = None
    return defaultdict(list, {purpose: list(every) for purpose, every in found.items()})


def _compare(
    before: Pack, after: Pack, kind: _Kind[Any], item: ExpenseItem, asked: list[Question]
) -> Iterator[_Change]:
    old_rows, new_rows = kind.book(before), kind.book(after)
    answers: dict[tuple[int, int], tuple[str, str]] = {}
    changed: dict[tuple[str, str], list[Question]] = {}
    for each in asked:
        old, new = old_rows.find(each), new_rows.find(each)
        pair = answers.get((id(old), id(new)))
        if pair is None:
            pair = answers[id(old), id(new)] = kind.said(before, old), kind.said(after, new)
        if pair[0] != pair[1]:
            changed.setdefault(pair, []).append(each)
    for (was, now), part in changed.items():
        categories = {int(each.category) for each in part}
        alike = [each for each in asked if int(each.category) in categories]
        narrowed = subset_text(part, alike)
        yield _Change(kind.title, item.title, categories_text(categories), narrowed, was, now)


def _rate(pack: Pack, rate: Rate) -> str:
    return with_standing(rate_text(pack, rate), rate.origin.standing)


def _cap(_pack: Pack, cap: Cap) -> str:
    return with_standing(cap_text(cap), cap.origin.standing)


_KINDS: tuple[_Kind[Any], ...] = (
    _Kind("支給の割合", lambda pack: pack.rates, _rate),
    _Kind("限度額", lambda pack: pack.caps, _cap),
)


def _tables(before: Pack, after: Pack) -> Iterator[Difference]:
    for name, table in {**before.tables, **after.tables}.items():
        old, new = before.tables.get(name), after.tables.get(name)
        keys = dict.fromkeys([*(old.cells if old else ()), *(new.cells if new else ())])
        groups: dict[tuple[tuple[Key, ...], str, str], list[Key]] = {}
        for key in keys:
            pair = _amount(old, key), _amount(new, key)
            if pair[0] != pair[1]:
                groups.setdefault((key[:-1], *pair), []).append(key[-1])
        for (leading, was, now), last in groups.items():
            words = [f"{KEY_TITLES[part]} {value}" for part, value in zip(table.keys, leading, strict=False)]
            words.append(f"{KEY_TITLES[table.keys[-1]]} {_span(last)}")
            yield Difference("需要額の表", f"{table.title}　{'・'.join(words)}", was, now)


def _amount(table: Table | None, key: tuple[Key, ...]) -> str:
    cell = table.find(key) if table else None
    return ABSENT if cell is None else with_standing(f"{cell.amount:,}円", cell.origin.standing)


def _span(values: list[Key]) -> str:
    numbers = [value for value in values if isinstance(value, int)]
    if len(numbers) == len(values) > 1 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]}〜{numbers[-1]}"
    return "、".join(map(str, values))


def _rules(before: Pack, after: Pack) -> Iterator[Difference]:
    for case in SpecialCase:
        old, new = _special(before, case), _special(after, case)
        if old != new:
            yield Difference("区分の特例", case.label, old, new)
    for code, item in {**before.items, **after.items}.items():
        for section in SCHEMES:
            old, new = _pays(before, section, code), _pays(after, section, code)
            if old != new:
                yield Difference(SECTIONS[section], item.title, old, new)
    ages = ["、".join(map(said, rows_in_use(pack))) for pack in (before, after)]
    if ages[0] != ages[1]:
        yield Difference(KINDS[AGE], TITLE, *ages)
    for (title, was), (_, now) in zip(_standings(before), _standings(after), strict=True):
        if was is not now:
            yield Difference("計算のきまり", title, was.label, now.label)


def _standings(pack: Pack) -> list[tuple[str, Standing]]:
    return [
        ("端数の扱い", pack.payment.origin.standing),
        ("部で一度だけの経費", pack.payment.once.standing),
        ("需要額の算定式", pack.need.origin.standing),
        ("収入額の算定式", pack.income.origin.standing),
        ("収入額は0円を下回らない", pack.income.floor.standing),
        ("年齢を数える日", pack.ages.origin.standing),
    ]


def _special(pack: Pack, case: SpecialCase) -> str:
    rule = pack.special.get(case)
    return ABSENT if rule is None else with_standing(special_text(rule), rule.origin.standing)


def _pays(pack: Pack, section: str, code: str) -> str:
    pay = (pack.welfare_pay if section == "welfare_pay" else pack.institution_pay).get(code)
    return ABSENT if pay is None else with_standing(pays_text(pay.pays), pay.origin.standing)
