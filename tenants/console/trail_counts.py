"""What the console may know of the trail: how much each scope writes, never what. Read with the monitor's login."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, LiteralString

import psycopg
from django.utils import timezone

from audit.trail import connections, partitions
from audit.trail.recorder import TrailUnavailable

LOOK_BACK_DAYS = 31
_COUNTS = (
    "SELECT scope, max(day) AS last_day, coalesce(sum(events) FILTER (WHERE day >= %s), 0)::bigint AS recent"
    " FROM trail.event_counts WHERE day >= %s GROUP BY scope"
)
_MONTHS = (
    "SELECT to_regclass('trail.' || name) IS NOT NULL AS there FROM unnest(%s::text[]) WITH ORDINALITY n(name, at)"
    " ORDER BY at"
)


@dataclass(frozen=True, slots=True)
class TrailCount:
    """Events of one scope: since yesterday 0:00 (JST), and the last day with any."""

    recent: int
    last_day: date


def counts_by_scope() -> dict[str, TrailCount]:
    """Of the last month, by scope (schema name, or "console"). Raises TrailUnavailable."""
    today = timezone.localdate()
    parameters = (today - timedelta(days=1), today - timedelta(days=LOOK_BACK_DAYS))
    rows = _read(_COUNTS, parameters)
    return {row["scope"]: TrailCount(row["recent"], row["last_day"]) for row in rows}


def months_ahead(most: int = 24) -> int:
    """How many months after this one have their partition already, without a gap. Raises TrailUnavailable."""
    months = list(partitions.months(timezone.localdate().replace(day=1), most + 1))
    there = [row["there"] for row in _read(_MONTHS, ([partitions.partition_name("event", month) for month in months],))]
    return (there.index(False) if False in there else len(there)) - 1


def _read(statement: LiteralString, parameters: tuple[object, ...]) -> list[dict[str, Any]]:
    try:
        return connections.use(connections.monitor(), lambda trail: trail.execute(statement, parameters).fetchall())
    except psycopg.Error:
        raise TrailUnavailable from None
