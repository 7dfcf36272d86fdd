"""The typed formula of a pack: components of the need, how income is added up, when ages and tables are taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from domain.rules.cases import SchoolStage
from domain.rules.exact import Rounding
from domain.rules.yearpack.tables import PERSONAL, Origin, Table


class ComponentKind(StrEnum):
    """How often a component's amount counts for one household; one integer function per kind (`need.py`)."""

    PER_HOUSEHOLD = "per_household"
    PER_HEAD = "per_head"
    PER_MEMBER = "per_member"
    PER_FURTHER_PUPIL = "per_further_pupil"
    PER_CHILDREN = "per_children"
    PER_MEMBER_FACT = "per_member_fact"


@dataclass(frozen=True, slots=True)
class Who:
    """Members a component is for; an empty or False condition is none.  `ages`: from and to, both inclusive."""

    stages: frozenset[SchoolStage] = frozenset()
    ages: tuple[int, int] | None = None
    special_needs: bool = False
    guardian: bool = False
    disabled: bool = False
    everyone: bool = field(init=False)
    """Whether nobody is left out."""

    def __post_init__(self) -> None:
        narrow = self.stages or self.ages or self.special_needs or self.guardian or self.disabled
        object.__setattr__(self, "everyone", not narrow)


@dataclass(frozen=True, slots=True)
class Switch:
    """A part of the formula turned on or off, with who says so (`[[switches]]`)."""

    name: str
    on: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the 需要額, counted by `kind`.

    The amount comes from `table` (円), or from the members' own annual `fact`.  It counts `times_a_year` times, or as often as
    `months` says.  The sum of a component is multiplied by `reduction` (逓減率) and `multiplier`, then rounded (`rounding`).
    `only_single_parent`: counts for a 母子(父子)世帯 alone.  `origin`: who says the component belongs to the formula, if not the
    formula as a whole.  `on` False = part of the form, but not counted.
    """

    id: str
    title: str
    kind: ComponentKind
    table: Table | None
    times_a_year: int
    article: str = ""
    who: Who = Who()
    months: Table | None = None
    reduction: Table | None = None
    multiplier: Fraction = Fraction(1)
    rounding: Rounding | None = None
    fact: str = ""
    only_single_parent: bool = False
    on: bool = True
    origin: Origin | None = None
    shaped: bool = field(init=False)
    """Whether the sum of the lines is not yet the component's amount."""
    personal: tuple[str, ...] = field(init=False)
    """Keys of the table that only a member has."""

    def __post_init__(self) -> None:
        personal = tuple(key for key in (self.table.keys if self.table else ()) if key in PERSONAL)
        object.__setattr__(self, "personal", personal)
        shaped = self.reduction is not None or self.rounding is not None or self.multiplier != 1
        object.__setattr__(self, "shaped", shaped)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Components that do not go together (併給不可): the highest counts, the others do not."""

    id: str
    components: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class NeedRule:
    """需要額: ordered components; `monthly_rounding` rounds the monthly total, None keeps it exact.

    `single_parent_by_deduction`: a guardian's ひとり親・寡婦控除 makes the household a 母子(父子)世帯; None = it does not.
    """

    title: str
    components: tuple[Component, ...]
    monthly_rounding: Rounding | None
    origin: Origin
    exclusions: tuple[Exclusion, ...] = ()
    single_parent_by_deduction: Origin | None = None
    switches: tuple[Switch, ...] = ()


class FloorPer(StrEnum):
    """Whose income is never below 0."""

    HOUSEHOLD = "household"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class IncomeRule:
    """収入額: which facts are added and deducted; the household's or each member's rest is floored at 0 (`floor`).

    `assumed_none_under`: a member younger than this who was not asked counts as having no income; None = never.
    """

    adds: tuple[str, ...]
    deducts: tuple[str, ...]
    origin: Origin
    floor: Origin
    assumed_none_under: int | None
    assumed_none_origin: Origin | None
    floor_per: FloorPer = FloorPer.HOUSEHOLD
    switches: tuple[Switch, ...] = ()


@dataclass(frozen=True, slots=True)
class AgeRule:
    """Day on which ages are taken: `base_date` (前年末日) or `fiscal_year_start` (4月1日)."""

    on: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class AsOf:
    """Day whose version of the dated tables the pack reads."""

    on: date
    origin: Origin
