"""Rows keyed by many keys: a row names the values it is for, a question gives one value per key.

Later layers (overlays) are asked first, so a board's own row wins over the base pack's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from domain.rules.cases import Category
from domain.rules.payment_cases import Attendance, Department

Value = TypeVar("Value")
_NOT_ASKED = object()


@dataclass(frozen=True, slots=True)
class Question:
    """Everything a rate or a cap may depend on, for one expense."""

    item: str
    purpose: str
    department: Department
    grade: int
    category: Category
    attendance: Attendance
    physical_multiple: bool
    article22_3: bool
    count_no: int
    home_visit: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """Values a row is for; None = any.  `counts` is an inclusive range of `count_no`."""

    item: str
    department: frozenset[Department]
    category: Category
    purpose: str | None = None
    grade: frozenset[int] | None = None
    attendance: frozenset[Attendance] | None = None
    physical_multiple: bool | None = None
    article22_3: bool | None = None
    counts: tuple[int, int] | None = None
    home_visit: bool | None = None

    def holds(self, asked: Question) -> bool:
        """Whether the row is for this question."""
        return (
            self.item == asked.item
            and self.category is asked.category
            and asked.department in self.department
            and self.purpose in (None, asked.purpose)
            and (self.grade is None or asked.grade in self.grade)
            and (self.attendance is None or asked.attendance in self.attendance)
            and self.physical_multiple in (None, asked.physical_multiple)
            and self.article22_3 in (None, asked.article22_3)
            and self.home_visit in (None, asked.home_visit)
            and (self.counts is None or self.counts[0] <= asked.count_no <= self.counts[1])
        )

    def overlaps(self, other: Condition) -> bool:
        """Whether some question is answered by both rows."""
        if self.item != other.item or self.category is not other.category or not self.department & other.department:
            return False
        single = (
            (self.purpose, other.purpose),
            (self.physical_multiple, other.physical_multiple),
            (self.article22_3, other.article22_3),
            (self.home_visit, other.home_visit),
        )
        if any(a is not None and b is not None and a != b for a, b in single):
            return False
        if self.grade is not None and other.grade is not None and not self.grade & other.grade:
            return False
        if self.attendance is not None and other.attendance is not None and not self.attendance & other.attendance:
            return False
        if self.counts is None or other.counts is None:
            return True
        return self.counts[0] <= other.counts[1] and other.counts[0] <= self.counts[1]


class RuleBook(Generic[Value]):
    """Layers of (condition, value) rows; the last layer is asked first.  Answers are remembered."""

    __slots__ = ("_by_item", "_known", "layers")

    def __init__(self, layers: Sequence[Sequence[tuple[Condition, Value]]]) -> None:
        self.layers = tuple(tuple(layer) for layer in layers)
        self._by_item: dict[str, list[tuple[Condition, Value]]] = {}
        for layer in reversed(self.layers):
            for row in layer:
                self._by_item.setdefault(row[0].item, []).append(row)
        self._known: dict[Question, object] = {}

    def find(self, asked: Question) -> Value | None:
        """The row's value, or None when no row is for this question."""
        known = self._known.get(asked, _NOT_ASKED)
        if known is _NOT_ASKED:
            known = next((value for condition, value in self.rows(asked.item) if condition.holds(asked)), None)
            self._known[asked] = known
        return cast("Value | None", known)

    def rows(self, item: str) -> Sequence[tuple[Condition, Value]]:
        """Every row of an item, in the order in which they are asked."""
        return self._by_item.get(item, [])

    def conditions(self, item: str) -> Iterator[Condition]:
        """Conditions of every row of an item."""
        for condition, _ in self.rows(item):
            yield condition
