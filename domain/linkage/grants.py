"""What the console may know of the links: figures of every prefecture, by one function of the owner.

The console's login reads no table of a prefecture. This function gives it, for each prefecture and kind of exchange, counts, times and the
kind of the last failure, and nothing else: no text of a message, no batch, no person. Tables of another day (a prefecture that is
being made, or not brought up to the program yet) are left out.
"""

from __future__ import annotations

from psycopg import sql

FUNCTION = "link_figures"

_DEFINITION = """
CREATE OR REPLACE FUNCTION {function}() RETURNS TABLE (
    scope text, kind text, live_since timestamptz, sent_at timestamptz, answered_at timestamptz,
    failed_at timestamptz, failure text, waiting bigint, waiting_since timestamptz, overdue bigint, used bigint
) LANGUAGE plpgsql SECURITY DEFINER STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE one text;
BEGIN
    FOR one IN SELECT schema_name FROM public.core_prefecture LOOP
        BEGIN
            RETURN QUERY EXECUTE format(
                'SELECT %1$L::text, b.kind::text, c.live, b.sent, b.answered, b.failed, b.failure::text,'
                ' coalesce(b.waiting, 0), b.since, coalesce(b.overdue, 0), coalesce(b.used, 0)'
                ' FROM (SELECT max(in_force_from) AS live FROM %1$I.linkage_adapterconfiguration WHERE retired_at IS NULL) c'
                ' LEFT JOIN (SELECT kind, max(sent_at) AS sent, max(collected_at) AS answered, max(failed_at) AS failed,'
                ' (array_agg(failure ORDER BY failed_at DESC NULLS LAST))[1] AS failure,'
                ' count(*) FILTER (WHERE state = ''sent'') AS waiting,'
                ' min(sent_at) FILTER (WHERE state = ''sent'') AS since,'
                ' count(*) FILTER (WHERE state = ''sent'' AND due_at <= now()) AS overdue,'
                ' count(*) FILTER (WHERE state = ''sent'' AND (due_at IS NULL OR due_at > now())) AS used'
                ' FROM %1$I.linkage_batch GROUP BY kind) b ON true', one);
        EXCEPTION WHEN undefined_table OR undefined_column OR invalid_schema_name THEN
            CONTINUE;
        END;
    END LOOP;
END $$
"""


def link_figures_grants(schema: str, login: str, relay_login: str) -> list[sql.Composable]:
    """For provisioning: one function in the console's schema, callable by the console's login alone."""
    if schema != "public":
        return []
    function = sql.Identifier(schema, FUNCTION)
    return [
        sql.SQL(_DEFINITION).format(function=function),
        sql.SQL("REVOKE ALL ON FUNCTION {}() FROM PUBLIC").format(function),
        sql.SQL("GRANT EXECUTE ON FUNCTION {}() TO {}").format(function, sql.Identifier(login)),
    ]
