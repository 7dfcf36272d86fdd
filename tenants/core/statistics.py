"""Fresh planner statistics before long work on tables that were filled a moment ago.

Without them the planner takes a table of fifty thousand rows for an empty one, and a join that takes a second takes minutes. A
prefecture's login may not ANALYZE what it does not own; it may call this one function of the owner, which can do nothing else.
The outbox of the trail is left out: ANALYZE holds the very lock that the relay needs, until the caller's transaction ends.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import Model
from psycopg import sql

FUNCTION = "refresh_statistics"

_DEFINITION = """
CREATE OR REPLACE FUNCTION {function}(tables text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE wanted text;
BEGIN
    FOR wanted IN
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = {schema} AND c.relkind = 'r' AND c.relname = ANY (tables)
          AND c.relname <> 'trail_outboxevent'
    LOOP
        EXECUTE format('ANALYZE %I.%I', {schema}, wanted);
    END LOOP;
END $$
"""


def refresh(*models: type[Model]) -> None:
    """ANALYZE the tables of these models in the current prefecture."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {FUNCTION}(%s)", [[model._meta.db_table for model in models]])


def statistics_grants(schema: str, login: str, relay_login: str) -> list[sql.Composable]:
    """For provisioning: the function in this schema, callable by its login alone."""
    function = sql.Identifier(schema, FUNCTION)
    return [
        sql.SQL(_DEFINITION).format(function=function, schema=sql.Literal(schema)),
        sql.SQL("REVOKE ALL ON FUNCTION {}(text[]) FROM PUBLIC").format(function),
        sql.SQL("GRANT EXECUTE ON FUNCTION {}(text[]) TO {}").format(function, sql.Identifier(login)),
    ]
