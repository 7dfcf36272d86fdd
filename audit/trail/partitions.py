"""Monthly partitions. A month is a Japanese one (JST): retention and reports count in Japanese dates."""

from collections.abc import Iterable, Iterator
from datetime import date

from psycopg import sql

from audit.trail.connections import Connection

TABLES = ("event", "event_subject", "batch_leaves")

_EXISTS = "SELECT to_regclass(%s) IS NOT NULL AS there"
_CREATE = "CREATE TABLE {partition} PARTITION OF {parent} FOR VALUES FROM ({start}) TO ({end})"
_GUARD = (
    "CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON {partition}"
    " FOR EACH STATEMENT EXECUTE FUNCTION trail.refuse_change()"
)


def months(first: date, count: int) -> Iterator[date]:
    """The first days of ``count`` months, beginning with the month of ``first``."""
    for step in range(first.month - 1, first.month - 1 + count):
        yield date(first.year + step // 12, step % 12 + 1, 1)


def ensure_partitions(connection: Connection, wanted: Iterable[date]) -> int:
    """Create the missing partitions of the given months. Returns how many months were added. Needs the owner."""
    return sum(_ensure_month(connection, month) for month in wanted)


def partition_name(table: str, month: date) -> str:
    """Name of a month's partition: event_y2026m04."""
    return f"{table}_y{month:%Y}m{month:%m}"


def _ensure_month(connection: Connection, month: date) -> bool:
    following = list(months(month, 2))[1]
    added = False
    for table in TABLES:
        name = partition_name(table, month)
        found = connection.execute(_EXISTS, (f"trail.{name}",)).fetchone()
        if found and found["there"]:
            continue
        names = {
            "partition": sql.Identifier("trail", name),
            "parent": sql.Identifier("trail", table),
            "start": sql.Literal(f"{month} 00:00:00+09"),
            "end": sql.Literal(f"{following} 00:00:00+09"),
        }
        with connection.transaction():
            connection.execute(sql.SQL(_CREATE).format(**names))
            connection.execute(sql.SQL(_GUARD).format(**names))
        added = True
    return added
