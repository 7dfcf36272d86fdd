"""Thousands of rows in one statement: PostgreSQL unpacks a JSON array. `bulk_update` needs a CASE per value and is far slower."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

CHUNK = 5_000

_INSERT_INQUIRIES = """
INSERT INTO linkage_inquiry (
    member_id, fiscal_year, kind, base_date, base_address, asked, retryable, state, reason, match, match_detail, settlement,
    settled_by, created_at
)
SELECT r.member_id, r.fiscal_year, r.kind, r.base_date, r.base_address, 0, false, 'waiting', '', 'none', '{}', 'none', '', now()
FROM jsonb_to_recordset(%s::jsonb) AS r(
    member_id bigint, fiscal_year smallint, kind text, base_date date, base_address text
)
ORDER BY r.member_id, r.kind
ON CONFLICT (fiscal_year, member_id, kind) DO UPDATE
SET base_date = EXCLUDED.base_date, base_address = EXCLUDED.base_address,
    approved_list_id = CASE
        WHEN linkage_inquiry.base_date = EXCLUDED.base_date AND linkage_inquiry.base_address = EXCLUDED.base_address
        THEN linkage_inquiry.approved_list_id
    END
WHERE linkage_inquiry.state = 'waiting' AND linkage_inquiry.batch_id IS NULL
"""

_UPDATE_INQUIRIES = """
UPDATE linkage_inquiry AS i
SET state = r.state, answer = r.answer, reason = r.reason, retryable = r.retryable, match = r.match,
    match_detail = r.match_detail, answered_at = now()
FROM jsonb_to_recordset(%s::jsonb) AS r(
    id bigint, state text, answer jsonb, reason text, retryable boolean, match text, match_detail jsonb
)
WHERE i.id = r.id
"""

_INSERT_STEPS = """
INSERT INTO linkage_registrationstep (registration_id, from_state, to_state, batch_id, note, by, at)
SELECT id, state, %(state)s, batch_id, %(note)s, %(by)s, %(at)s FROM linkage_registration WHERE id = ANY(%(ids)s) ORDER BY id
"""


def insert_steps(registrations: Sequence[int], state: str, note: str, by: str) -> None:
    """A row of history of each, from the state it still has to `state`."""
    values: dict[str, Any] = {"ids": list(registrations), "state": state, "note": note, "by": by, "at": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_STEPS, values)


def insert_inquiries(rows: Sequence[Mapping[str, Any]]) -> None:
    """New rows waiting to be asked; one that waits already takes over the base date and address. Others stay as they are.

    What changed so was not approved so: it needs an approval again.
    """
    _run(_INSERT_INQUIRIES, rows)


def update_inquiries(rows: Sequence[Mapping[str, Any]]) -> None:
    """State, answer and match of inquiries by id."""
    _run(_UPDATE_INQUIRIES, rows)


def _run(statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
    with connection.cursor() as cursor:
        for start in range(0, len(rows), CHUNK):
            part = [dict(row) for row in rows[start : start + CHUNK]]
            cursor.execute(statement, [json.dumps(part, ensure_ascii=False)])
