"""What the platform's monitor may know of the trail: counts and the age of seals, never a row. Laid out by ``schema.py``.

Functions of the owner instead of views, so that the time asked for reaches the index and only the months concerned are read.
"""

from typing import LiteralString

COUNTS: tuple[LiteralString, ...] = (
    """
CREATE OR REPLACE FUNCTION trail.event_counts(since timestamptz)
RETURNS TABLE (scope text, event text, day date, events bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT e.scope, e.event, (e.occurred_at AT TIME ZONE 'Asia/Tokyo')::date, count(*)
    FROM trail.event e WHERE e.occurred_at >= since GROUP BY 1, 2, 3
$$
""",
    """
CREATE OR REPLACE FUNCTION trail.seal_states()
RETURNS TABLE (scope text, number bigint, sealed_at timestamptz, waiting bigint, waiting_since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(c.scope, u.scope), c.number, c.sealed_at, coalesce(u.waiting, 0), u.waiting_since
    FROM trail.checkpoint c FULL JOIN (
        SELECT x.scope, count(*) AS waiting, min(x.occurred_at) AS waiting_since FROM trail.unsealed x GROUP BY x.scope
    ) u ON u.scope = c.scope
$$
""",
    "REVOKE ALL ON FUNCTION trail.event_counts(timestamptz), trail.seal_states() FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION trail.event_counts(timestamptz), trail.seal_states() TO {monitor}",
)
