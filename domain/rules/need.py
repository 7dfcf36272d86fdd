"""需要額: one small integer function per component kind; annual 円, exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from domain.rules.ages import age_on
from domain.rules.cases import HouseholdCase, SchoolStage
from domain.rules.errors import Missing
from domain.rules.packmodel import Component, ComponentKind, NeedRule
from domain.rules.tables import Cell, Key, Table

MONTHS = 12


class Line(NamedTuple):
    """One counted amount: `number` × `cell.amount` × the component's times a year.  `member` is empty for the household."""

    component: Component
    cell: Cell
    number: int
    member: str
    age: int

    @property
    def annual(self) -> int:
        """年額, 円."""
        return self.cell.amount * self.number * self.component.times_a_year


class Person(NamedTuple):
    """A member as the tables see it."""

    key: str
    age: int
    stage: SchoolStage
    keys: Mapping[str, Key]


@dataclass(frozen=True, slots=True)
class Home:
    """A household as the tables see it."""

    keys: Mapping[str, Key]
    people: tuple[Person, ...]
    pupils: int


def home_of(case: HouseholdCase, day: date) -> Home:
    """View of `case` with the ages of `day`."""
    grade = case.living_cost_grade
    keys: dict[str, Key] = {"grade": grade, "level": grade[0], "zone": case.winter_zone, "size": len(case.members)}
    people = []
    for member in case.members:
        age = age_on(member.born, day)
        own: dict[str, Key] = {**keys, "age": age, "stage": member.school_stage.value}
        people.append(Person(member.key, age, member.school_stage, own))
    return Home(keys, tuple(people), sum(member.special_needs for member in case.members))


class Finder:
    """Looks cells up and remembers, once each, the rows that are absent."""

    __slots__ = ("lines", "missing")

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.missing: dict[str, Missing] = {}

    def add(self, component: Component, keys: Mapping[str, Key], count: int, person: Person | None = None) -> None:
        """One line, or one missing row."""
        table = component.table
        key = tuple([keys[name] for name in table.keys])
        cell = table.find(key)
        if cell is None:
            self._miss(table, key)
        else:
            member, age = (person.key, person.age) if person else ("", 0)
            self.lines.append(Line(component, cell, count, member, age))

    def _miss(self, table: Table, key: tuple[Key, ...]) -> None:
        name = f"{table.name}/{'/'.join(map(str, key))}"
        message = f"{table.describe(key)} の額が年度定義にありません。公式の表を読み込んでください。"
        self.missing[name] = Missing("row", name, message)


def _per_household(component: Component, home: Home, finder: Finder) -> None:
    finder.add(component, home.keys, 1)


def _per_head(component: Component, home: Home, finder: Finder) -> None:
    finder.add(component, home.keys, len(home.people))


def _per_member(component: Component, home: Home, finder: Finder) -> None:
    for person in home.people:
        if not component.stages or person.stage in component.stages:
            finder.add(component, person.keys, 1, person)


def _per_further_pupil(component: Component, home: Home, finder: Finder) -> None:
    if home.pupils > 1:
        finder.add(component, home.keys, home.pupils - 1)


KINDS: Mapping[ComponentKind, Callable[[Component, Home, Finder], None]] = {
    ComponentKind.PER_HOUSEHOLD: _per_household,
    ComponentKind.PER_HEAD: _per_head,
    ComponentKind.PER_MEMBER: _per_member,
    ComponentKind.PER_FURTHER_PUPIL: _per_further_pupil,
}


def measure(rule: NeedRule, home: Home) -> Finder:
    """Every line of the need and every row that is absent."""
    finder = Finder()
    for component in rule.components:
        KINDS[component.kind](component, home, finder)
    return finder


def annual_total(rule: NeedRule, lines: list[Line]) -> int:
    """年額の需要額, 円: exact (monthly = this / 12), or 12 × the rounded monthly total where the pack rounds."""
    exact = sum(line.cell.amount * line.number * line.component.times_a_year for line in lines)
    return exact if rule.monthly_rounding is None else MONTHS * rule.monthly_rounding.apply(exact, MONTHS)
