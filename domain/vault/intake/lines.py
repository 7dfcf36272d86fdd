"""What stands in a sealed file: JSON Lines with household_number, member_number, individual_number."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from domain.vault.intake.problems import BAD_LINE, BAD_NUMBER, Problem
from domain.vault.numbers import Number, individual_number
from web.text import digits_like_number


@dataclass(frozen=True, slots=True)
class Line:
    """One good line."""

    line: int
    household_number: str
    member_key: str
    number: Number = field(repr=False)

    @property
    def person(self) -> tuple[str, str]:
        return self.household_number, self.member_key


def read_lines(data: bytes) -> tuple[list[Line], list[Problem]]:
    """Good lines, and what is wrong with the others. Nothing of a wrong line's number is kept."""
    good: list[Line] = []
    problems: list[Problem] = []
    for place, raw in enumerate(data.split(b"\n"), start=1):
        if not raw.strip():
            continue
        read = _line(place, raw)
        if isinstance(read, Line):
            good.append(read)
        else:
            problems.append(read)
    return good, problems


def _line(place: int, raw: bytes) -> Line | Problem:
    values = _values(raw)
    if values is None:
        return Problem(BAD_LINE, place)
    household, key, text = values
    if len(household) > 20 or len(key) > 10 or digits_like_number(f"{household} {key}"):
        return Problem(BAD_LINE, place)  # columns mixed up: a number in the wrong place must not reach a problem's row
    number = individual_number(text)
    return Problem(BAD_NUMBER, place, household, key) if number is None else Line(place, household, key, number)


def _values(raw: bytes) -> tuple[str, str, str] | None:
    try:
        row = json.loads(raw)
        values = row["household_number"], row["member_number"], row["individual_number"]
    except (ValueError, KeyError, TypeError, RecursionError):  # the last: brackets nested without end
        return None
    if not all(isinstance(value, str) and value.strip() for value in values):
        return None
    return values[0].strip(), values[1].strip(), values[2]
