"""The triggers of the witness, laid on by provisioning after migrations (``settings.SCHEMA_GRANTS``); can be run again.

What the triggers note can be read by the scope's login and changed by nobody but the owner, as whom the triggers run.
"""

from django.apps import apps
from django.conf import settings
from psycopg import sql

WRITES = "trail_witnessedwrite"
EVENTS = "trail_witnessedevents"
KEPT_DAYS = 35

_FUNCTIONS = (
    """
CREATE OR REPLACE FUNCTION {schema}.trail_witness_write() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE touched_rows bigint;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        touched_rows := -1;
    ELSE
        SELECT count(*) INTO touched_rows FROM touched;
    END IF;
    IF touched_rows <> 0 THEN
        INSERT INTO {writes} (transaction, table_name, operation, rows, login, written_at)
        VALUES (pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), touched_rows, session_user,
                clock_timestamp());
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE OR REPLACE FUNCTION {schema}.trail_witness_events() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO {events} (transaction, event_ids, occurred_at, digests, signatures, witnessed_at)
    SELECT pg_current_xact_id()::text::bigint, array_agg(t.id ORDER BY t.id), array_agg(t.occurred_at ORDER BY t.id),
           array_agg(sha256(convert_to(t.content, 'UTF8')) ORDER BY t.id), array_agg(t.signature ORDER BY t.id),
           clock_timestamp()
    FROM touched t HAVING count(*) > 0;
    RETURN NULL;
END $$
""",
    """
CREATE OR REPLACE FUNCTION {schema}.trail_forget_witness(looked_at_until bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE gone bigint;
    below constant bigint := least(looked_at_until, pg_snapshot_xmin(pg_current_snapshot())::text::bigint);
BEGIN
    DELETE FROM {events} WHERE witnessed_at < now() - make_interval(days => {days}) AND transaction < below;
    DELETE FROM {writes} WHERE written_at < now() - make_interval(days => {days}) AND transaction < below;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$
""",
    "REVOKE ALL ON FUNCTION {schema}.trail_witness_write(), {schema}.trail_witness_events(),"
    " {schema}.trail_forget_witness(bigint) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION {schema}.trail_forget_witness(bigint) TO {tenant}",
    "REVOKE ALL ON {writes}, {events} FROM PUBLIC, {tenant}",
    "GRANT SELECT ON {writes}, {events} TO {tenant}",
)
_TRIGGER = (
    "CREATE OR REPLACE TRIGGER {name} AFTER {operation} ON {table} {referencing}"
    " FOR EACH STATEMENT EXECUTE FUNCTION {schema}.{function}()"
)
_TOUCHED = {
    "INSERT": "REFERENCING NEW TABLE AS touched",
    "UPDATE": "REFERENCING NEW TABLE AS touched",
    "DELETE": "REFERENCING OLD TABLE AS touched",
    "TRUNCATE": "",
}


def witnessed_tables() -> list[str]:
    """Every table of the applications that are watched."""
    labels: list[str] = settings.WITNESSED_APPS
    return sorted(
        model._meta.db_table
        for label in labels
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    )


def witness_grants(schema: str, tenant_login: str, relay_login: str) -> list[sql.Composable]:
    """Functions, triggers and rights of the witness in one schema."""
    words: dict[str, sql.Composable] = {
        "schema": sql.Identifier(schema),
        "tenant": sql.Identifier(tenant_login),
        "writes": sql.Identifier(schema, WRITES),
        "events": sql.Identifier(schema, EVENTS),
        "days": sql.Literal(KEPT_DAYS),
    }
    statements = [sql.SQL(statement).format(**words) for statement in _FUNCTIONS]
    statements.append(_trigger(schema, "trail_outboxevent", "INSERT", "trail_witness_events"))
    for table in witnessed_tables() if schema != "public" else []:
        statements += [_trigger(schema, table, operation, "trail_witness_write") for operation in _TOUCHED]
    return list(statements)


def _trigger(schema: str, table: str, operation: str, function: str) -> sql.Composed:
    return sql.SQL(_TRIGGER).format(
        name=sql.Identifier(f"trail_witness_{operation.lower()}"),
        operation=sql.SQL(operation),
        table=sql.Identifier(schema, table),
        referencing=sql.SQL(_TOUCHED[operation]),
        schema=sql.Identifier(schema),
        function=sql.Identifier(function),
    )
