"""Adding many rows by PostgreSQL's COPY: for rows that carry much text, quoting them as parameters is most of the work."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import connection, models
from psycopg import sql

Instance = TypeVar("Instance", bound=models.Model)


def copy_in(model: type[Instance], instances: Iterable[Instance]) -> list[Instance]:
    """Add unsaved instances of one model and return them; a key that the database gives is not set on them.

    Rows go out as `instances` yields them, so that the database takes them in while the next are made; the iterable must not
    use the connection meanwhile. What `save` would fill in (auto_now_add, say) is filled in. A constraint that is broken raises
    psycopg's own error as Django's, as with any insert.
    """
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    columns = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), columns)
    sent = []
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for instance in instances:
            copy.write_row([_sent(field, field.pre_save(instance, True)) for field in fields])
            sent.append(instance)
    return sent


def _sent(field: models.Field[Any, Any], value: Any) -> Any:
    if value is None or not isinstance(field, models.JSONField):
        return value
    return json.dumps(value, ensure_ascii=False, cls=field.encoder)
