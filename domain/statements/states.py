"""The states of a 調書 and the only moves between them. Every move leaves a step of history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from domain.statements.models import Statement, StatementStep
from tenants.core.db.among import Among

State = Statement.State


MOVES: dict[str, frozenset[str]] = {
    State.INTAKE: frozenset({State.INQUIRING, State.CHECKING, State.READY, State.COMPUTED, State.WITHDRAWN}),
    State.INQUIRING: frozenset({State.CHECKING, State.READY, State.COMPUTED, State.WITHDRAWN}),
    State.CHECKING: frozenset({State.READY, State.COMPUTED, State.WITHDRAWN}),
    State.READY: frozenset({State.CHECKING, State.COMPUTED, State.WITHDRAWN}),
    State.COMPUTED: frozenset({State.CHECKING, State.READY, State.FORWARDED, State.WITHDRAWN}),
    State.FORWARDED: frozenset({State.RETURNED, State.PROPOSED}),
    State.RETURNED: frozenset({State.CHECKING, State.READY, State.COMPUTED, State.WITHDRAWN}),
    State.PROPOSED: frozenset({State.FORWARDED, State.RETURNED, State.DECIDED}),
    State.DECIDED: frozenset({State.NOTICED}),
    State.NOTICED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
# The school's own part of the way: facts and computation may still change here.
AT_SCHOOL = (State.INTAKE, State.INQUIRING, State.CHECKING, State.READY, State.COMPUTED, State.RETURNED)
# Not computed yet: taken in, asked about, or complete.
BEFORE_COMPUTING = (State.INTAKE, State.INQUIRING, State.READY)


class MoveRefused(Exception):
    """`statements.move-refused`: the 調書 is not in a state from which this act is possible."""

    identifier = "statements.move-refused"

    def __init__(self, statement: Statement, to_state: str) -> None:
        wanted = Statement.State(to_state).label
        super().__init__(
            f"この調書は「{statement.get_state_display()}」のため「{wanted}」にできません。画面を開き直して、いまの状態を確認してください。"
        )


def move(statement: Statement, to_state: str, *, by: str, reason: str = "") -> Statement:
    """Move one 調書 or raise MoveRefused; two people pressing at once cannot both win."""
    if not move_many([statement.pk], to_state, by=by, reason=reason):
        statement.refresh_from_db()
        raise MoveRefused(statement, to_state)
    statement.refresh_from_db()
    return statement


@transaction.atomic
def move_many(ids: Iterable[int], to_state: str, *, by: str, reason: str = "") -> list[int]:
    """Move those 調書 that may make the move; returns their ids. The others are left as they are."""
    allowed = [state for state, following in MOVES.items() if to_state in following]
    rows = Statement.objects.select_for_update().filter(Among("pk", ids), state__in=allowed)
    if to_state == State.WITHDRAWN:  # the year's own 調書 cannot be taken back, only a 再判定
        rows = rows.exclude(revises=None)
    moving: Sequence[tuple[int, str]] = list(rows.order_by("pk").values_list("pk", "state"))
    moved = [pk for pk, _ in moving]
    Statement.objects.filter(Among("pk", moved)).update(state=to_state)
    StatementStep.objects.bulk_create(
        [
            StatementStep(statement_id=pk, from_state=state, to_state=to_state, by=by, reason=reason)
            for pk, state in moving
        ],
        batch_size=2000,
    )
    return moved
