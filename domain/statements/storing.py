"""Facts of many members written at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection
from psycopg import sql

from domain.statements.models import MemberFacts
from domain.statements.reading import FactsRow

_TYPES = {field.column: field for field in MemberFacts._meta.concrete_fields}
_KEY = ("statement_id", "member_id")


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
