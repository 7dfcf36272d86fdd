"""Rights on the outbox. Run by provisioning after migrations, once per schema; can be run again."""

from psycopg import sql

from audit.trail.entries import Row

OUTBOX_TABLE = "trail_outboxevent"
REFUSED_TABLE = "trail_refusedevent"
KEPT_TABLES = ("trail_handedhead", "trail_witnesscomparison")
"""What was handed out and what was compared: added to, and never changed by anybody (see also ADD_ONLY_TABLES)."""

_REFUSE_FUNCTION = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""
# In which transaction an event was put into the outbox, and by whom, is PostgreSQL's to say: a default that nobody has the right
# to overrule. Asked first, because ALTER TABLE would lock out everybody at work, even where it has nothing to add.
_WITNESSED = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = {place}::regclass AND attname = 'transaction') THEN
        ALTER TABLE {table} ADD COLUMN transaction bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
                            ADD COLUMN login text NOT NULL DEFAULT session_user;
    END IF;
END $$
"""
_WRITTEN = (*Row.__slots__, "signature")
_REFUSE_ANY = (
    "CREATE OR REPLACE TRIGGER trail_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
)


def outbox_grants(schema: str, tenant_login: str, relay_login: str) -> list[sql.Composable]:
    """The scope's login may write and look; the relay may read and take away; nobody may change a waiting event.

    UPDATE is refused by a trigger too, so that a later, wider grant cannot open it by mistake. What the relay refuses it may add
    to the quarantine, from which nobody takes anything away.
    """
    names = {
        "schema": sql.Identifier(schema),
        "table": sql.Identifier(schema, OUTBOX_TABLE),
        "function": sql.Identifier(schema, "trail_refuse_change"),
        "tenant": sql.Identifier(tenant_login),
        "relay": sql.Identifier(relay_login),
        "place": sql.Literal(f"{schema}.{OUTBOX_TABLE}"),
        "refused": sql.Identifier(schema, REFUSED_TABLE),
        "written": sql.SQL(", ").join(map(sql.Identifier, _WRITTEN)),
    }
    statements = (
        _WITNESSED,
        "REVOKE ALL ON {table}, {refused} FROM PUBLIC, {tenant}, {relay}",
        "GRANT SELECT, INSERT ({written}) ON {table} TO {tenant}",
        "GRANT SELECT ON {refused} TO {tenant}",
        "GRANT INSERT (event_id, transaction, login, row, told_as, refused_at),"
        " SELECT (event_id, transaction, told_as, refused_at) ON {refused} TO {relay}",
        "GRANT USAGE ON SCHEMA {schema} TO {relay}",
        "GRANT SELECT, DELETE ON {table} TO {relay}",
        _REFUSE_FUNCTION,
        "CREATE OR REPLACE TRIGGER trail_refuse_update BEFORE UPDATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
    )
    kept = [names | {"table": sql.Identifier(schema, table)} for table in (*KEPT_TABLES, REFUSED_TABLE)]
    return [
        *(sql.SQL(statement).format(**names) for statement in statements),
        *(sql.SQL(_REFUSE_ANY).format(**one) for one in kept),
    ]
