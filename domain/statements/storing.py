"""Bulk writes of the computation: a receipt is some kilobytes of JSON, a prefecture has ten thousand of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone
from psycopg import sql

from domain.statements.models import Computation, MemberFacts
from domain.statements.reading import FactsRow

_COLUMNS: Sequence[models.Field[Any, Any]] = [
    field for field in Computation._meta.concrete_fields if not field.primary_key
]
_NAMES = [str(field.column) for field in _COLUMNS]
_TYPES = {field.column: field for field in MemberFacts._meta.concrete_fields}
_KEY = ("statement_id", "member_id")


def keep_runs(runs: Iterable[Computation]) -> list[Computation]:
    """Add these runs by COPY: quoting a receipt as a parameter costs more than computing it. They get no id here.

    Rows go out one by one as `runs` yields them; it must not use the connection meanwhile.
    """
    now = timezone.now()
    kept = []
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(Computation._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, _NAMES))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for run in runs:
            run.created_at = now
            copy.write_row([_value(run, field) for field in _COLUMNS])
            kept.append(run)
    return kept


def _value(run: Computation, field: models.Field[Any, Any]) -> Any:
    value = getattr(run, field.attname)
    return json.dumps(value, ensure_ascii=False) if isinstance(field, models.JSONField) else value


def keep_facts(rows: Iterable[FactsRow]) -> None:
    """Add or replace the facts of these members, in one statement."""
    given = [row._asdict() for row in rows]
    if not given:
        return
    names = FactsRow._fields
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    types = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(_type_of(name))) for name in names
    )  # fmt: skip
    replaced = sql.SQL(", ").join(
        sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name))
        for name in (*names, "updated_at")
        if name not in _KEY
    )
    statement = sql.SQL(
        "INSERT INTO {table} ({columns}, updated_at) SELECT {columns}, now() FROM json_to_recordset(%s::json) AS given"
        " ({types}) ON CONFLICT (statement_id, member_id) DO UPDATE SET {replaced}"
    ).format(table=sql.Identifier(MemberFacts._meta.db_table), columns=columns, types=types, replaced=replaced)
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(given, ensure_ascii=False)])


def _type_of(name: str) -> Any:
    found = _TYPES[name].db_type(connection)
    assert found is not None  # noqa: S101 - these are columns
    return found
