"""Why a transfer file cannot be made or read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TransferProblem:
    """One finding: `line` is the 1-based number of the transfer (when writing) or record (when reading), 0 the file."""

    line: int
    item: str
    message: str


class TransferFileError(Exception):
    """Everything that is wrong, at once; nothing is written while there is any problem."""

    code = "bank_transfer.invalid"

    def __init__(self, problems: Iterable[TransferProblem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        place = f"{first.line}件目の" if first.line else ""
        more = f"(ほか{len(self.problems) - 1}件)" if len(self.problems) > 1 else ""
        super().__init__(f"{place}{first.item}: {first.message}{more}")
