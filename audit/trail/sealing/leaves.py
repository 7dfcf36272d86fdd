"""An event as it is sealed and exported: every column of it, as text, whatever client reads it."""

from typing import LiteralString

_TIME: LiteralString = """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""

COLUMNS: LiteralString = (
    "e.id::text AS id, "
    + _TIME.replace("{0}", "e.occurred_at")
    + " AS occurred_at, "
    + _TIME.replace("{0}", "e.recorded_at")
    + " AS recorded_at, e.scope, e.prefecture_code, e.event, e.actor_kind, e.actor_id, e.actor_name, e.actor_role,"
    " e.terminal, e.session, e.job_id::text AS job_id, e.subjects, e.detail, e.allowed_by, e.duty, e.case_ref"
)
"""Select list over ``trail.event e``. Each row is the object that :func:`audit.trail.audit_verify.leaf_hash` hashes."""
