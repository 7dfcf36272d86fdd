"""Tables and rights of the audit database. Runs as its owner; can be run again.

What each login may do is decided here and nowhere else:

- ``writer`` may INSERT the columns an application knows; ``recorded_at`` is the database's own.
- a reader sees the rows of one scope: the row policy takes the scope from the login's *name*, which nothing inside a
  session can change (a setting could be changed by whoever can inject SQL).
- ``monitor`` sees counts, through functions, and no row at all.
- ``sealer`` and ``retention``: see ``schema_sealing.py``.
- nobody may UPDATE, DELETE or TRUNCATE: no grant, and a trigger that refuses even the owner.
"""

from dataclasses import dataclass
from typing import LiteralString

from psycopg import sql

from audit.trail import schema_monitor, schema_sealing
from audit.trail.connections import Connection
from tenants.core.credentials import CONSOLE

_TABLES: tuple[LiteralString, ...] = (
    "CREATE SCHEMA IF NOT EXISTS trail AUTHORIZATION {owner}",
    """
CREATE TABLE IF NOT EXISTS trail.event (
    id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    scope text NOT NULL CHECK (scope <> ''),
    prefecture_code text NOT NULL,
    event text NOT NULL CHECK (event <> ''),
    actor_kind text NOT NULL,
    actor_id text NOT NULL,
    actor_name text NOT NULL,
    actor_role text NOT NULL,
    terminal text NOT NULL,
    session text NOT NULL,
    job_id uuid,
    subjects jsonb NOT NULL CHECK (jsonb_typeof(subjects) = 'array'),
    detail jsonb NOT NULL CHECK (jsonb_typeof(detail) = 'object'),
    allowed_by text NOT NULL,
    duty text NOT NULL,
    case_ref text NOT NULL,
    PRIMARY KEY (occurred_at, id)
) PARTITION BY RANGE (occurred_at)
""",
    "CREATE INDEX IF NOT EXISTS event_by_scope ON trail.event (scope, occurred_at DESC, id DESC)",
    "CREATE INDEX IF NOT EXISTS event_by_actor ON trail.event (scope, actor_id, occurred_at DESC, id DESC)",
    # Who looked at this household? An index of our own: under row security PostgreSQL may not use a GIN index on
    # the jsonb column, because its operators are not leakproof.
    """
CREATE TABLE IF NOT EXISTS trail.event_subject (
    scope text NOT NULL,
    kind text NOT NULL,
    subject_id text NOT NULL,
    occurred_at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (scope, kind, subject_id, occurred_at, event_id)
) PARTITION BY RANGE (occurred_at)
""",
)

_TRIGGERS: tuple[LiteralString, ...] = (
    """
CREATE OR REPLACE FUNCTION trail.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'the trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$
""",
    """
CREATE OR REPLACE FUNCTION trail.index_subjects() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO trail.unsealed (scope, occurred_at, event_id) SELECT scope, occurred_at, id FROM written;
    INSERT INTO trail.event_subject (scope, kind, subject_id, occurred_at, event_id)
    SELECT w.scope, s ->> 'kind', s ->> 'id', w.occurred_at, w.id
    FROM written w CROSS JOIN LATERAL jsonb_array_elements(w.subjects) s
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
""",
    "REVOKE ALL ON FUNCTION trail.refuse_change(), trail.index_subjects() FROM PUBLIC",
    "CREATE OR REPLACE TRIGGER index_subjects AFTER INSERT ON trail.event REFERENCING NEW TABLE AS written"
    " FOR EACH STATEMENT EXECUTE FUNCTION trail.index_subjects()",
)
_GUARDED: tuple[LiteralString, ...] = ("trail.event", "trail.event_subject", *schema_sealing.GUARDED)
_GUARD: tuple[LiteralString, ...] = (
    "CREATE OR REPLACE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION trail.refuse_change()",
    "CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION trail.refuse_change()",
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS own_scope ON {table}",
    "CREATE POLICY own_scope ON {table} FOR SELECT TO PUBLIC USING (starts_with(current_user::text, {prefix})"
    " AND scope = substr(current_user::text, length({prefix}) + 1))",
    "DROP POLICY IF EXISTS owner_sees ON {table}",
    "CREATE POLICY owner_sees ON {table} FOR SELECT TO {owner} USING (true)",
)

_RIGHTS: tuple[LiteralString, ...] = (
    "DROP POLICY IF EXISTS writer_adds ON trail.event",
    "CREATE POLICY writer_adds ON trail.event FOR INSERT TO {writer} WITH CHECK (true)",
    "DROP POLICY IF EXISTS owner_indexes ON trail.event_subject",
    "CREATE POLICY owner_indexes ON trail.event_subject FOR INSERT TO {owner} WITH CHECK (true)",
    "REVOKE ALL ON ALL TABLES IN SCHEMA trail FROM PUBLIC, {writer}, {monitor}",
    "GRANT CONNECT ON DATABASE {database} TO {writer}, {monitor}",
    "GRANT USAGE ON SCHEMA trail TO {writer}, {monitor}",
    "GRANT INSERT (scope, prefecture_code, id, occurred_at, event, actor_kind, actor_id, actor_name, actor_role,"
    " terminal, session, job_id, subjects, detail, allowed_by, duty, case_ref) ON trail.event TO {writer}",
    *schema_monitor.COUNTS,
)

_READER: tuple[LiteralString, ...] = (
    "GRANT CONNECT ON DATABASE {database} TO {reader}",
    "GRANT USAGE ON SCHEMA trail TO {reader}",
    "GRANT SELECT ON trail.event, trail.event_subject TO {reader}",
    schema_sealing.READER,
)


@dataclass(frozen=True, slots=True)
class AuditNames:
    """The database, its logins (which must exist) and the prefix of the readers' names."""

    database: str
    owner: str
    writer: str
    monitor: str
    sealer: str
    retention: str
    reader_prefix: str


def install(connection: Connection, names: AuditNames) -> None:
    """Lay out tables, triggers, policies and rights in one transaction. ``connection`` is the owner's."""
    words: dict[str, sql.Composable] = {
        "database": sql.Identifier(names.database),
        "owner": sql.Identifier(names.owner),
        "writer": sql.Identifier(names.writer),
        "monitor": sql.Identifier(names.monitor),
        "sealer": sql.Identifier(names.sealer),
        "retention": sql.Identifier(names.retention),
        "prefix": sql.Literal(names.reader_prefix),
        "years": sql.Literal(schema_sealing.KEPT_YEARS),
        "console": sql.Literal(CONSOLE),
    }
    with connection.transaction():
        _execute(connection, (*_TABLES, *schema_sealing.TABLES, *_TRIGGERS, *schema_sealing.FUNCTIONS), words)
        for table in _GUARDED:
            _execute(connection, _GUARD, words | {"table": sql.SQL(table)})
        _execute(connection, (*_RIGHTS, *schema_sealing.CHECKPOINT_GUARD, *schema_sealing.RIGHTS), words)


def admit_reader(connection: Connection, database: str, reader: str) -> None:
    """Let a reader's login (which must exist) see its own scope."""
    _execute(connection, _READER, {"database": sql.Identifier(database), "reader": sql.Identifier(reader)})


def _execute(connection: Connection, statements: tuple[LiteralString, ...], words: dict[str, sql.Composable]) -> None:
    for statement in statements:
        connection.execute(sql.SQL(statement).format(**words))
