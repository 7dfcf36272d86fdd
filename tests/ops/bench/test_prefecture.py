"""What is measured in the database is the product's own job, and a run that left something out yields no figure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.statements.models import Computation, Statement
from ops.bench.database.clocks import measured
from ops.bench.database.computing import NotComputed, measure
from ops.bench.database.population import populate
from ops.bench.households import households
from ops.bench.prefecture import rows_of
from tests.support import records

COUNT = 6


def test_every_household_is_computed_from_the_answers_it_was_given(in_a: Any) -> None:
    cases = households(COUNT)
    populate(cases)
    first, changed, same = measure(COUNT, 2)
    assert [len(row.runs) for row in (first, changed, same)] == [1, 2, 2]
    assert Computation.objects.count() == 3 * COUNT
    receipts = [run.receipt for run in Computation.objects.filter(sequence=1).order_by("statement__household__number")]
    assert [len(receipt["case"]["members"]) for receipt in receipts] == [len(case.members) for case in cases]
    assert all(receipt["result"]["category"] in (1, 2, 3) for receipt in receipts)


def test_a_household_that_is_not_computed_stops_the_measurement(in_a: Any) -> None:
    populate(households(COUNT))
    records.family()  # nobody was asked about its members
    with pytest.raises(NotComputed, match="1 left"):
        measure(COUNT, 1)
    assert Statement.objects.filter(state=Statement.State.CHECKING).count() == 1


def test_a_goal_is_claimed_for_its_own_number_of_households_only(in_a: Any) -> None:
    populate(households(1))
    assert {row.goal for row in measure(1, 1)} == {None}


def test_clock_and_processor_are_both_read(in_a: Any) -> None:
    row = measured("x", [lambda: sum(range(200_000))] * 2, 1.0)
    assert len(row.runs) == len(row.cpu) == 2
    assert all(value > 0 for value in row.runs)


def test_rows_come_from_the_last_line_of_the_measuring_process() -> None:
    rows = [["10 households", [1.0, 3.0, 2.0], 5.0, [0.5]], ["other", [9.0], None, []]]
    first, second = rows_of(f"something said before\n{json.dumps(rows)}\n")
    assert (first.title, first.median, first.met, first.cpu) == ("10 households", 2.0, True, (0.5,))
    assert (second.goal, second.met) == (None, None)
