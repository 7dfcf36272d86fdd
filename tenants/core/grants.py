"""Who may do what in the main database. Everything here runs as the owner, after migrations, and can be run again."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string
from psycopg import sql

from tenants.core.credentials import CONSOLE, GATEWAY, LIMITS, RELAY, derive, is_schema_name, login_name
from tenants.core.db.cluster import ROLE_LOCK, wait_for_roles

SchemaGrants = Callable[[str, str, str], list[sql.Composable]]

REGISTRY_TABLES = ("core_prefecture", "core_host")
# Tables of the public schema that the console's own login must not change by hand.
OWNER_ONLY_TABLES = ("django_migrations",)
# Histories and keys: a scope's login adds to them, under numbers that PostgreSQL gives, and changes nothing.
ADD_ONLY_TABLES = (
    "keyring_wrappedkey",
    "auditlog_logentry",
    "trail_handedhead",
    "trail_witnesscomparison",
    "statements_statementstep",
    "statements_factschoice",
    "payments_roundstep",
    "review_alertstep",
    "linkage_inquirystep",
    "linkage_registrationstep",
    "linkage_targetline",
    "linkage_itemrule",
)


def create_shared_logins() -> None:
    """gateway, console and relay."""
    for kind in (GATEWAY, CONSOLE, RELAY):
        ensure_login(kind)
    database = connection.settings_dict["NAME"]
    for kind in (GATEWAY, CONSOLE, RELAY):
        _run(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), _login(kind)))


def grant_public_schema() -> None:
    gateway, console = _login(GATEWAY), _login(CONSOLE)
    tables = sql.SQL(", ").join(sql.Identifier("public", table) for table in REGISTRY_TABLES)
    _run(sql.SQL("GRANT USAGE ON SCHEMA public, ref TO {}, {}").format(gateway, console))
    _run(sql.SQL("GRANT SELECT ON {} TO {}").format(tables, gateway))
    grant_tables("public", CONSOLE)


def grant_prefecture_schema(schema: str) -> None:
    """The login of a prefecture: its own schema and the shared reference tables, nothing else."""
    database = connection.settings_dict["NAME"]
    login = _login(schema)
    _run(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), login))
    _run(sql.SQL("GRANT USAGE ON SCHEMA {}, ref TO {}").format(sql.Identifier(schema), login))
    _run(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA ref TO {}").format(login))
    _run(sql.SQL("ALTER ROLE {} CONNECTION LIMIT 30").format(login))
    _give_settings(schema)
    grant_tables(schema, schema)


@transaction.atomic
def grant_tables(schema: str, kind: str) -> None:
    """All rights of one login on one schema, at once: a right taken back below was never held."""
    login = _login(kind)
    where = sql.Identifier(schema)
    _run(sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {}").format(where, login))
    _run(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}").format(where, login))
    for table in OWNER_ONLY_TABLES:
        _run(sql.SQL("REVOKE INSERT, UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(schema, table), login))
    for table, columns in _written_columns(schema, ADD_ONLY_TABLES).items():
        words = {"table": sql.Identifier(schema, table), "login": login, "columns": _named(columns)}
        _run(sql.SQL("REVOKE INSERT, UPDATE, DELETE ON {table} FROM {login}").format(**words))
        _run(sql.SQL("GRANT INSERT ({columns}) ON {table} TO {login}").format(**words))
    for path in settings.SCHEMA_GRANTS:
        further: SchemaGrants = import_string(path)
        for statement in further(schema, login_name(kind), login_name(RELAY)):
            _run(statement)


def _written_columns(schema: str, tables: tuple[str, ...]) -> dict[str, list[str]]:
    """Of the tables that are there: all columns but those that PostgreSQL numbers itself. A number of one's own choice would be the
    newest for ever."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = ''"
            " WHERE c.relkind = 'r' AND c.relnamespace = %s::regnamespace AND c.relname = ANY (%s) GROUP BY 1",
            [schema, list(tables)],
        )
        return {str(name): list(columns) for name, columns in cursor.fetchall()}


def _named(columns: list[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def ensure_login(kind: str) -> None:
    name = login_name(kind)
    with connection.cursor() as cursor:

        def take() -> object:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ROLE_LOCK])
            return cursor.fetchone()[0]

        wait_for_roles(take)
        try:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            cursor.execute(
                sql.SQL(f"{verb} ROLE {{}} LOGIN PASSWORD {{}}").format(sql.Identifier(name), sql.Literal(derive(name)))
            )
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ROLE_LOCK])


def exists(kind: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login_name(kind)])
        return cursor.fetchone() is not None


def has_its_settings(kind: str) -> bool:
    """Whether the settings with which a login begins, everywhere and in each database, are those it was given."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setdatabase, setconfig FROM pg_db_role_setting WHERE setrole = %s::regrole", [login_name(kind)]
        )
        found = [(int(database), sorted(settings_)) for database, settings_ in cursor.fetchall()]
    given = [f"{name}={value}" for name, value in sorted(_settings_of(kind).items())]
    return found == ([(0, given)] if given else [])


def restore_login(kind: str) -> None:
    """Password and settings as they were given, whatever the login made of them. As the owner, who made it."""
    ensure_login(kind)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase"
            " WHERE s.setrole = %s::regrole",
            [login_name(kind)],
        )
        databases = [str(name) for (name,) in cursor.fetchall()]
    for database in databases:
        _run(sql.SQL("ALTER ROLE {} IN DATABASE {} RESET ALL").format(_login(kind), sql.Identifier(database)))
    _run(sql.SQL("ALTER ROLE {} RESET ALL").format(_login(kind)))
    _give_settings(kind)


def _give_settings(kind: str) -> None:
    for name, value in _settings_of(kind).items():
        _run(sql.SQL("ALTER ROLE {} SET {} = {}").format(_login(kind), sql.Identifier(name), sql.Literal(value)))


def _settings_of(kind: str) -> dict[str, str]:
    return LIMITS if is_schema_name(kind) else {}


def _login(kind: str) -> sql.Identifier:
    return sql.Identifier(login_name(kind))


def _run(statement: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
