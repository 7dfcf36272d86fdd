"""The state machine of a 調書: whatever is pressed in whatever order, only listed moves happen and each leaves a step."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain.statements.models import Statement
from domain.statements.states import MOVES, move_many
from tests.support import records


def test_every_state_has_its_moves() -> None:
    assert set(MOVES) == set(Statement.State)
    assert not MOVES[Statement.State.NOTICED]


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.booleans(), st.lists(st.sampled_from(list(Statement.State)), max_size=10))
def test_any_sequence_of_presses(in_a: Any, again: bool, presses: list[str]) -> None:
    statement = _redetermination() if again else _of_the_year()
    state = str(statement.state)
    for wanted in presses:
        moved = move_many([statement.pk], wanted, by="見本")
        assert bool(moved) == (wanted in MOVES[state] and (again or wanted != Statement.State.WITHDRAWN))
        state = str(wanted) if moved else state
    statement.refresh_from_db()
    assert statement.state == state
    steps = list(statement.steps.values_list("from_state", "to_state"))
    assert all(after in MOVES[before] for before, after in steps)
    assert [before for before, _ in steps[1:]] == [after for _, after in steps[:-1]]


def _of_the_year(**values: Any) -> Statement:
    return Statement.objects.create(household=records.household(), fiscal_year=2025, school=records.school(), **values)


def _redetermination() -> Statement:
    first = _of_the_year(state=Statement.State.DECIDED)
    return Statement.objects.create(
        household=first.household, fiscal_year=2025, school=first.school, revises=first, change_reason="other",
        income_basis="confirmed", effective_from=datetime.date(2025, 10, 1),
    )  # fmt: skip
