"""The one statement that puts events into the audit database."""

from collections.abc import Sequence

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


def insert(rows: Sequence[str], *, scope: str, prefecture_code: str) -> None:
    """Write rows (each the ``Row.content`` of an event), all or none; a row already there is left alone. psycopg.Error.

    What fits into one statement needs no transaction around it: one journey to the database and back, which whoever waits
    for a page feels.
    """
    parts = [f"[{','.join(rows[start : start + BATCH])}]" for start in range(0, len(rows), BATCH)]

    def work(connection: connections.Connection) -> None:
        if len(parts) == 1:
            connection.execute(_INSERT, (scope, prefecture_code, parts[0]))
            return
        with connection.transaction():
            for part in parts:
                connection.execute(_INSERT, (scope, prefecture_code, part))

    connections.use(connections.writer(), work)
