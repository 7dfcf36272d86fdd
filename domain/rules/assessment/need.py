"""需要額: one small integer function per component kind; annual 円, exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from domain.rules.ages import years_at
from domain.rules.assessment.shaping import Adjustment, excluded, shaped
from domain.rules.cases import Disability, HouseholdCase, IncomeFacts, MemberFacts
from domain.rules.errors import Missing
from domain.rules.yearpack.formula import Component, ComponentKind, Exclusion, NeedRule, Who
from domain.rules.yearpack.tables import Cell, Key, Table

MONTHS = 12
FACT_TITLES = {
    "single_parent": "母子（父子）世帯かどうか",
    "disability": "障害の程度",
    "materials_cost": "教材代（年額）",
    "commuting_cost": "年額通学費",
}
"""Facts that only some packs ask for, in words."""


class Line(NamedTuple):
    """One counted amount: `number` × `amount` × `times` a year.  `member` is empty for the household; no cell for a fact."""

    component: Component
    cell: Cell | None
    amount: int
    number: int
    times: int
    member: str
    age: int

    @property
    def annual(self) -> int:
        """年額, 円."""
        return self.amount * self.number * self.times


class Person(NamedTuple):
    """A member as the tables see it."""

    key: str
    age: int
    facts: MemberFacts


class Home(NamedTuple):
    """A household as the tables see it.  `parent_deduction`: a guardian has ひとり親・寡婦控除."""

    keys: dict[str, Key]
    people: tuple[Person, ...]
    pupils: int
    single_parent: bool | None
    parent_deduction: bool


class Months(NamedTuple):
    """How many months of the year a component counts, read from a table."""

    component: Component
    cell: Cell


Entry = Line | Months | Adjustment


def home_of(case: HouseholdCase, day: date) -> Home:
    """View of `case` with the ages of `day`."""
    grade = case.living_cost_grade
    keys: dict[str, Key] = {"grade": grade, "level": grade[0], "zone": case.winter_zone, "size": len(case.members)}
    if case.housing_area:
        keys["area"] = case.housing_area
    after = day + timedelta(days=1)
    people = tuple(
        [
            Person(each.key, years_at(each.born, after) if each.stated_age is None else each.stated_age, each)
            for each in case.members
        ]
    )
    pupils = sum(member.special_needs for member in case.members)
    return Home(keys, people, pupils, case.single_parent, any(map(has_parent_deduction, case.members)))


def has_parent_deduction(member: MemberFacts) -> bool:
    """Whether a guardian has ひとり親・寡婦控除."""
    facts = member.income
    return member.guardian and isinstance(facts, IncomeFacts) and facts.single_parent_deduction > 0


def counted(who: Who, people: Sequence[Person]) -> Sequence[Person]:
    """The members a component is for."""
    return people if who.everyone else [person for person in people if _is_for(who, person)]


def _is_for(who: Who, person: Person) -> bool:
    facts, ages = person.facts, who.ages
    return (
        (not who.stages or facts.school_stage in who.stages)
        and (ages is None or ages[0] <= person.age <= ages[1])
        and (not who.special_needs or facts.special_needs)
        and (not who.guardian or facts.guardian)
        and (not who.disabled or facts.disability is not Disability.NONE)  # not asked: may be
    )


class Finder:
    """Looks cells up and remembers, once each, the rows that are absent."""

    __slots__ = ("entries", "missing")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.missing: dict[str, Missing] = {}

    @property
    def lines(self) -> list[Line]:
        """The counted amounts alone."""
        return [entry for entry in self.entries if isinstance(entry, Line)]

    def look_up(self, table: Table, keys: Mapping[str, Key]) -> Cell | None:
        """The cell, or a note that it is absent."""
        try:
            key = tuple([keys[name] for name in table.keys])
        except KeyError:
            self._miss_area(table)
            return None
        cell = table.find(key)
        if cell is None:
            name = f"{table.name}/{'/'.join(map(str, key))}"
            self.missing[name] = Missing("row", name, _absent(table, key))
        return cell

    def _miss_area(self, table: Table) -> None:
        message = f"{table.title}を決める都道府県・市がありません。世帯の「housing_area」に書いてください。"
        self.missing["housing_area"] = Missing("fact", "housing_area", message)

    def miss_fact(self, title: str, fact: str, person: Person | None = None) -> None:
        """A fact that nobody was asked for; it is never counted as none."""
        name, whose = (f"members/{person.key}/{fact}", f"世帯員「{person.key}」の") if person else (fact, "")
        message = f"{whose}{title}が未確認です。確かめて入力してください（ないときは、ないことを入力します）。"
        self.missing[name] = Missing("fact", name, message)

    def add(
        self, component: Component, keys: Mapping[str, Key], number: int, times: int, person: Person | None = None
    ) -> None:
        """One line, or one missing row."""
        table = component.table
        assert table is not None  # noqa: S101 - the parser gives every kind but the facts a table
        cell = self.look_up(table, keys)
        if cell is not None:
            member, age = (person.key, person.age) if person else ("", 0)
            self.entries.append(Line(component, cell, cell.amount, number, times, member, age))


def _absent(table: Table, key: tuple[Key, ...]) -> str:
    return (
        f"{table.describe(key)} の額が年度定義にありません。公式の表を年度定義の画面で入力するか、"
        f"重ね定義の [tables.{table.name}] に行を足してください。"
    )


def _number(component: Component, home: Home, finder: Finder) -> int:
    """How many a component counts; 0 and a note where that hangs on a 障害 nobody was asked for."""
    people = counted(component.who, home.people)
    unknown = [person for person in people if component.who.disabled and person.facts.disability is None]
    for person in unknown:
        finder.miss_fact(FACT_TITLES["disability"], "disability", person)
    return 0 if unknown else len(people)


def _per_household(component: Component, home: Home, times: int, finder: Finder) -> None:
    finder.add(component, home.keys, 1, times)


def _per_head(component: Component, home: Home, times: int, finder: Finder) -> None:
    number = _number(component, home, finder)
    if number:
        finder.add(component, home.keys, number, times)


def _per_member(component: Component, home: Home, times: int, finder: Finder) -> None:
    keys, personal = dict(home.keys), component.personal
    by_age, by_stage, by_disability = "age" in personal, "stage" in personal, "disability" in personal
    for person in counted(component.who, home.people):
        if person.facts.disability is None and (by_disability or component.who.disabled):
            finder.miss_fact(FACT_TITLES["disability"], "disability", person)
            continue
        if by_age:
            keys["age"] = person.age
        if by_stage:
            keys["stage"] = person.facts.school_stage.value
        if by_disability:
            keys["disability"] = (person.facts.disability or Disability.NONE).value
        finder.add(component, keys, 1, times, person)


def _per_further_pupil(component: Component, home: Home, times: int, finder: Finder) -> None:
    if home.pupils > 1:
        finder.add(component, home.keys, home.pupils - 1, times)


def _per_children(component: Component, home: Home, times: int, finder: Finder) -> None:
    number = _number(component, home, finder)
    if number:
        finder.add(component, {**home.keys, "children": number}, 1, times)


def _per_member_fact(component: Component, home: Home, times: int, finder: Finder) -> None:
    for person in counted(component.who, home.people):
        amount: int | None = getattr(person.facts, component.fact)
        if component.who.disabled and person.facts.disability is None:
            finder.miss_fact(FACT_TITLES["disability"], "disability", person)
        elif amount is None:
            finder.miss_fact(FACT_TITLES[component.fact], component.fact, person)
        else:
            finder.entries.append(Line(component, None, amount, 1, times, person.key, person.age))


KINDS: Mapping[ComponentKind, Callable[[Component, Home, int, Finder], None]] = {
    ComponentKind.PER_HOUSEHOLD: _per_household,
    ComponentKind.PER_HEAD: _per_head,
    ComponentKind.PER_MEMBER: _per_member,
    ComponentKind.PER_FURTHER_PUPIL: _per_further_pupil,
    ComponentKind.PER_CHILDREN: _per_children,
    ComponentKind.PER_MEMBER_FACT: _per_member_fact,
}


def is_single_parent(rule: NeedRule, home: Home) -> bool | None:
    """母子(父子)世帯: said so, or by the guardian's deduction where the pack takes it for that; None: nobody was asked."""
    return (rule.single_parent_by_deduction is not None and home.parent_deduction) or home.single_parent


def measure(rule: NeedRule, home: Home) -> Finder:
    """Every line of the need and every row that is absent."""
    finder = Finder()
    single_parent = is_single_parent(rule, home)
    totals: dict[str, int | Fraction] = {}
    for component in rule.components:
        if not component.on:
            continue
        if not component.only_single_parent or single_parent:
            _measure(component, home, finder, totals if rule.exclusions else None)
        elif single_parent is None and (component.who.everyone or counted(component.who, home.people)):
            finder.miss_fact(FACT_TITLES["single_parent"], "single_parent")
    for exclusion in rule.exclusions:
        _exclude(exclusion, rule, totals, finder)
    return finder


def _measure(component: Component, home: Home, finder: Finder, totals: dict[str, int | Fraction] | None) -> None:
    first = len(finder.entries)
    times = component.times_a_year
    if component.months is not None:
        cell = finder.look_up(component.months, home.keys)
        if cell is None:
            return
        finder.entries.append(Months(component, cell))
        times = cell.amount
    KINDS[component.kind](component, home, times, finder)
    if not component.shaped and totals is None:
        return
    lines = [entry for entry in finder.entries[first:] if isinstance(entry, Line)]
    total: int | Fraction = sum(line.annual for line in lines)
    if component.shaped and lines:
        rate = None if component.reduction is None else finder.look_up(component.reduction, home.keys)
        adjustment = shaped(component, sum(line.amount * line.number for line in lines), times, rate)
        finder.entries.append(adjustment)
        total += adjustment.annual
    if totals is not None:
        totals[component.id] = total


def _exclude(exclusion: Exclusion, rule: NeedRule, totals: dict[str, int | Fraction], finder: Finder) -> None:
    components = {component.id: component for component in rule.components}
    for loser in excluded(exclusion, totals):
        finder.entries.append(Adjustment(components[loser], -totals[loser], exclusion=exclusion))
        totals[loser] = 0


def exact_total(entries: Sequence[Entry]) -> int | Fraction:
    """年額の需要額 before the rounding of the month, 円."""
    return sum([entry.annual for entry in entries if not isinstance(entry, Months)])


def annual_total(rule: NeedRule, entries: Sequence[Entry]) -> int | Fraction:
    """年額の需要額, 円: exact (monthly = this / 12), or 12 × the rounded monthly total where the pack rounds."""
    exact = exact_total(entries)
    if rule.monthly_rounding is None:
        return exact
    return MONTHS * rule.monthly_rounding.apply(exact.numerator, exact.denominator * MONTHS)
