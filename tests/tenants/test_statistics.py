"""A prefecture may have its own tables analysed, and nobody else's."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from domain.households.models import School
from ops.embedded.postgres import PostgresServer
from tenants.core import statistics


def estimated_rows(postgres: PostgresServer, schema: str) -> float:
    """As the superuser: how many rows a table has is told to nobody else. ANALYZE writes the figure at once."""
    with postgres.connect(os.environ["TESTS_DATABASE"]) as superuser:
        row = superuser.execute(
            "SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [f"{schema}.households_school"]
        ).fetchone()
    assert row is not None
    return float(str(row[0]))


def test_the_planner_learns_of_new_rows(in_a: Any, postgres: PostgresServer) -> None:
    School.objects.bulk_create([School(code=f"Z{n}", name="見本") for n in range(300)])
    before = estimated_rows(postgres, in_a.schema_name)
    statistics.refresh(School)
    assert before < 300 <= estimated_rows(postgres, in_a.schema_name)


def test_another_prefectures_function_is_refused(prefecture_b: Any, in_a: Any) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f'SELECT "{prefecture_b.schema_name}".refresh_statistics(%s)', [["households_school"]])


def test_a_name_that_is_no_table_of_ours_does_nothing(in_a: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT refresh_statistics(%s)", [["pg_authid", 'x"; DROP TABLE households_school; --']])
    assert School.objects.count() == 0
