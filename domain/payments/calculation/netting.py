"""What 追給・戻入 of one child come to together: they go into a round all at once, or not at all.

A corrected date is a 追給 of one month and a 戻入 of another. Paying the one while the other waits would pay the receipt twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.payments.models import Adjustment

State = Adjustment.State


def decide(lines: Sequence[Adjustment], before: Sequence[Adjustment]) -> bool:
    """Give the differences of one child, at whichever school, their states; whether they may go into the payments.

    They may if they come to 0 円 or more, or if an officer accepted exactly these. `before`: those of the run before.
    """
    net = sum(line.total for line in lines)
    accepted = _acceptance(lines, before) if net < 0 else None
    for line in lines:
        line.net = net
        if accepted is not None:
            line.reason, line.accepted_by, line.accepted_at = (
                accepted.reason,
                accepted.accepted_by,
                accepted.accepted_at,
            )
        if line.total < 0:
            line.state = State.OFFSET if net >= 0 else State.OPEN if accepted is None else State.ACCEPTED
    return net >= 0 or accepted is not None


def _acceptance(lines: Sequence[Adjustment], before: Sequence[Adjustment]) -> Adjustment | None:
    """The act of the run before, as long as every amount is the same."""
    if not before or not all(row.accepted_by for row in before):
        return None
    return before[0] if _amounts(lines) == _amounts(before) else None


def _amounts(lines: Sequence[Adjustment]) -> object:
    return {(line.pupil_id, line.item, line.month): line.ledgers for line in lines}
