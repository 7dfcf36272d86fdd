"""The one statement that puts events into the audit database."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from audit.trail import connections

BATCH = 1_000

# No conflict target is named: naming one would need SELECT, which the writer does not have. The only unique constraint
# is (occurred_at, id), so a row that is already there is this very event. recorded_at is the database's own.
_INSERT = """
INSERT INTO trail.event (
    scope, prefecture_code, id, occurred_at, event, actor_kind, actor_id, actor_name, actor_role,
    terminal, session, job_id, subjects, detail, allowed_by, duty, case_ref
)
SELECT %s, %s, r.* FROM jsonb_to_recordset(%s) AS r(
    id uuid, occurred_at timestamptz, event text, actor_kind text, actor_id text, actor_name text, actor_role text,
    terminal text, session text, job_id uuid, subjects jsonb, detail jsonb, allowed_by text, duty text, case_ref text
)
ON CONFLICT DO NOTHING
"""


def insert(rows: Sequence[Mapping[str, Any]], *, scope: str, prefecture_code: str) -> None:
    """Write rows (as ``Row.as_json`` gives them), all or none; a row already there is left alone. psycopg.Error."""

    def work(connection: connections.Connection) -> None:
        with connection.transaction():
            for start in range(0, len(rows), BATCH):
                part = Jsonb([dict(row) for row in rows[start : start + BATCH]])
                connection.execute(_INSERT, (scope, prefecture_code, part))

    connections.use(connections.writer(), work)
