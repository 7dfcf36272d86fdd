"""Whether a prefecture's schema is where the registry says: asked at the door, before anything of a request or a job runs."""

from __future__ import annotations

from tenants.core.db.base import current


class SchemaMissing(Exception):
    """`tenants.schema-missing`: the schema is gone or was renamed. Nothing of another schema is read in its place."""

    identifier = "tenants.schema-missing"

    def __init__(self, schema: str) -> None:
        super().__init__(
            "この団体の保存領域が見つからないため、開けません。データベースの復元または名前の変更の途中でないか、"
            "運用担当者が確かめてください。"
        )
        self.schema = schema


def has_schema() -> bool:
    """Whether the first schema that this connection looks into is the one it was entered for."""
    wrapper = current()
    with wrapper.cursor() as cursor:
        # The catalogue is read as well: inside a transaction `current_schema()` alone may remember what is gone.
        cursor.execute("SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = current_schema()")
        return bool(cursor.fetchone() == (wrapper.schema_name,))


def require_schema() -> None:
    """Raises SchemaMissing where `has_schema` says no."""
    if not has_schema():
        raise SchemaMissing(current().schema_name)
