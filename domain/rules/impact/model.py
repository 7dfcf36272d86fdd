"""What an impact run is given and what it keeps: counts and sums by school, and the households that move."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from domain.rules.cases import Category, HouseholdCase
from domain.rules.payment_cases import PaymentCase


class Place(StrEnum):
    """Where a household or pupil stands under a pack: a 支弁区分, none (nothing is paid), or not computable."""

    I = "I"  # noqa: E741 - the field's own numeral
    II = "II"
    III = "III"
    NONE = "none"
    STOPPED = "stopped"

    @property
    def label(self) -> str:
        """As shown to people."""
        return {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "none": "区分なし", "stopped": "算定不能"}[self.value]

    @property
    def support(self) -> int | None:
        """More is more support; None where nothing can be said."""
        return {"I": 3, "II": 2, "III": 1, "none": 0}.get(self.value)


PLACES = {None: Place.NONE, Category.I: Place.I, Category.II: Place.II, Category.III: Place.III}


class Direction(StrEnum):
    """Which way a household moves."""

    MORE = "more"
    LESS = "less"
    OPEN = "open"

    @property
    def label(self) -> str:
        """As shown to people."""
        return {"more": "手厚くなる", "less": "薄くなる", "open": "算定の可否が変わる"}[self.value]


def direction_of(before: Place, after: Place) -> Direction:
    """Direction of a move between two different places."""
    old, new = before.support, after.support
    if old is None or new is None:
        return Direction.OPEN
    return Direction.MORE if new > old else Direction.LESS


@dataclass(frozen=True, slots=True)
class PupilExpenses:
    """The year's expenses of one enrolment; `member` is the pupil's key in the household's case."""

    member: str
    case: PaymentCase


@dataclass(frozen=True, slots=True)
class ImpactCase:
    """One household: `key` and `school` are the caller's own names; `payments` in order of enrolment."""

    key: str
    school: str
    case: HouseholdCase
    payments: tuple[PupilExpenses, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """One component of need or income before and after, 年額, 円."""

    side: str
    component: str
    title: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Crossing:
    """The end of `category` that was crossed: income `below` × need, and that limit in 円 a year, before and after."""

    category: Category
    below_before: Fraction
    below_after: Fraction
    limit_before: Fraction
    limit_after: Fraction


@dataclass(frozen=True, slots=True)
class ItemMove:
    """One pupil's payment of one item and ledger that changes, 円 a year."""

    pupil: str
    item: str
    ledger: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Mover:
    """A household whose category, or a pupil's, changes.  Incomes and needs 年額, 円; None where not computed."""

    key: str
    school: str
    before: Place
    after: Place
    direction: Direction
    income_before: int | None
    income_after: int | None
    need_before: Fraction | None
    need_after: Fraction | None
    shifts: tuple[Shift, ...]
    crossings: tuple[Crossing, ...]
    pupils: tuple[tuple[str, Place, Place], ...]
    causes: tuple[str, ...]
    paid_before: int
    paid_after: int


Move = tuple[Place, Place]


@dataclass(slots=True)
class Tally:
    """Counts and sums of one school or of all.  `costs`: (item, ledger) → [before, after] in 円."""

    households: int = 0
    movers: int = 0
    moves: Counter[Move] = field(default_factory=Counter)
    pupil_moves: Counter[Move] = field(default_factory=Counter)
    needs_changed: int = 0
    costs: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    payments_changed: int = 0
    unpaid_lines: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, other: Tally) -> None:
        """Take another tally's counts and sums in."""
        self.households += other.households
        self.movers += other.movers
        self.moves.update(other.moves)
        self.pupil_moves.update(other.pupil_moves)
        self.needs_changed += other.needs_changed
        self.payments_changed += other.payments_changed
        for key, (before, after) in other.costs.items():
            self.cost(key, before, after)
        for side, lines in enumerate(other.unpaid_lines):
            self.unpaid_lines[side] += lines

    def cost(self, key: tuple[str, str], before: int, after: int) -> None:
        """Add to an item's ledger, 円."""
        held = self.costs.setdefault(key, [0, 0])
        held[0] += before
        held[1] += after

    def directions(self) -> Counter[Direction]:
        """Households that move, by direction."""
        found: Counter[Direction] = Counter()
        for (before, after), number in self.moves.items():
            if before is not after:
                found[direction_of(before, after)] += number
        return found

    def paid(self) -> tuple[int, int]:
        """Sum over items and ledgers before and after, 円."""
        return sum(each[0] for each in self.costs.values()), sum(each[1] for each in self.costs.values())


@dataclass(slots=True)
class ComponentTotal:
    """How often a component moved among the movers, and by how much in sum, 年額, 円."""

    title: str
    households: int = 0
    difference: int = 0


@dataclass(slots=True)
class Impact:
    """Result of an impact run.  `before`, `after`: names of the packs (overlays joined by `+`) with their digests."""

    before: tuple[str, str]
    after: tuple[str, str]
    schools: dict[str, Tally] = field(default_factory=dict)
    components: dict[tuple[str, str], ComponentTotal] = field(default_factory=dict)
    missing_before: Counter[str] = field(default_factory=Counter)
    missing_after: Counter[str] = field(default_factory=Counter)
    movers: list[Mover] = field(default_factory=list)
    payments: list[tuple[str, str, ItemMove]] = field(default_factory=list)

    @property
    def total(self) -> Tally:
        """All schools together."""
        total = Tally()
        for tally in self.schools.values():
            total.add(tally)
        return total

    @property
    def empty(self) -> bool:
        """Whether nothing at all changes."""
        return not self.movers and not self.payments and not any(each.needs_changed for each in self.schools.values())

    def school(self, code: str) -> Tally:
        """The tally of one school, made when first asked for."""
        found = self.schools.get(code)
        if found is None:
            found = self.schools[code] = Tally()
        return found

    def add(self, other: Impact) -> None:
        """Take the result of further households in; ValueError for a run between other packs."""
        if (other.before, other.after) != (self.before, self.after):
            raise ValueError("these impacts compare different packs")
        for code, tally in other.schools.items():
            self.school(code).add(tally)
        for key, each in other.components.items():
            held = self.components.setdefault(key, ComponentTotal(each.title))
            held.households += each.households
            held.difference += each.difference
        self.missing_before.update(other.missing_before)
        self.missing_after.update(other.missing_after)
        self.movers += other.movers
        self.payments += other.payments
