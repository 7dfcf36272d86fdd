"""The states of a 支給回 and the only moves between them. Every move leaves a step of history."""

from __future__ import annotations

from typing import Any

from domain.payments.models import PaymentRound, RoundStep

State = PaymentRound.State

MOVES: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.CALCULATED}),
    State.CALCULATED: frozenset({State.DRAFT, State.APPROVED}),
    State.APPROVED: frozenset({State.RELEASED}),
    State.RELEASED: frozenset(),
}
SETTLED = (State.APPROVED, State.RELEASED)
"""Rounds whose payments count as made: they use up caps, and nothing of them changes."""


def locked(round_id: int) -> PaymentRound:
    """The round, held against other moves until the end of the transaction. Rows may still point to it."""
    return PaymentRound.objects.select_for_update(no_key=True).get(pk=round_id)


def all_locked() -> list[PaymentRound]:
    """Every round, in one order: caps and journeys reach from one into another."""
    return list(PaymentRound.objects.select_for_update(no_key=True).order_by("pk"))


def move(row: PaymentRound, to_state: str, *, by: str, reason: str = "", **changes: Any) -> PaymentRound:
    """Move a round that the caller holds (`locked`) and found in a state that allows it. Saves `changes` with it."""
    if to_state not in MOVES[row.state]:
        raise ValueError(f"no move from {row.state} to {to_state}")
    before, row.state = row.state, to_state
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *changes])
    RoundStep.objects.create(round=row, from_state=before, to_state=to_state, by=by, reason=reason)
    return row
