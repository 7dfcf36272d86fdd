"""What a copy says, and which act makes the other side's copy say what we say. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.linkage.models import CopyLine

Act, Cause = CopyLine.Act, CopyLine.Cause


@dataclass(frozen=True, slots=True)
class Figures:
    """支給額 in 円 for the time from `period_from` to `period_to`, both days included."""

    amount: int
    period_from: date
    period_to: date

    def joined(self, other: Figures) -> Figures:
        """Both together."""
        return Figures(
            self.amount + other.amount,
            min(self.period_from, other.period_from),
            max(self.period_to, other.period_to),
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One act. A deletion repeats the figures of what it deletes."""

    act: CopyLine.Act
    cause: CopyLine.Cause
    figures: Figures


def change_for(wanted: Figures | None, held: Figures | None, gone: CopyLine.Cause | None = None) -> Change | None:
    """From what the other side accepted last (`held`) to what was paid (`wanted`); None when they say the same.

    `gone`: why the person may no longer be told of, whatever was paid. An amount of 0 is no copy.
    """
    if gone is not None or (wanted is not None and not wanted.amount):
        wanted = None
    if held is None:
        return None if wanted is None else Change(Act.ADD, Cause.PAID, wanted)
    if wanted is None:
        return Change(Act.DELETE, gone or Cause.NOTHING, held)
    if wanted == held:
        return None
    if wanted.amount == held.amount:
        return Change(Act.CHANGE, Cause.PERIOD, wanted)
    return Change(Act.CHANGE, Cause.MORE if wanted.amount > held.amount else Cause.LESS, wanted)
