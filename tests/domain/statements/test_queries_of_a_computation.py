"""A computation asks the database as often for many households as for few."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from domain.statements import services
from domain.statements.models import Statement
from tests.domain.statements import people
from tests.support import records


def _queries(homes: int) -> int:
    made: list[Statement] = []
    for _ in range(homes):
        home = records.family()
        people.answer(home)
        made.append(people.opened_of(home))
    with CaptureQueriesContext(connection) as context:
        services.compute(made, people.PACK)
    return len(context)


def test_many_households_cost_the_queries_of_few(in_a: Any) -> None:
    _queries(1)  # what is remembered about the pack is asked for once
    assert _queries(6) == _queries(2)
