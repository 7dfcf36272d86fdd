"""What the console may know of the trail: how much each scope writes, never what. Read with the monitor's login."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, LiteralString

import psycopg
from django.utils import timezone

from audit.trail import connections, partitions
from audit.trail.recorder import TrailUnavailable
from audit.trail.vocabulary import Event
from web.moments import start_of

LOOK_BACK_DAYS = 31
_COUNTS = (
    "SELECT scope, max(day) AS last_day, coalesce(sum(events) FILTER (WHERE day >= %s), 0)::bigint AS recent"
    " FROM trail.event_counts(%s) GROUP BY scope"
)
_WORDS = (
    "SELECT scope, event, sum(events)::bigint AS events FROM trail.event_counts(%s) WHERE event = ANY(%s)"
    " GROUP BY scope, event"
)
_SEALS = "SELECT scope, number, sealed_at, waiting, waiting_since FROM trail.seal_states()"
_MONTHS = (
    "SELECT to_regclass('trail.' || name) IS NOT NULL AS there FROM unnest(%s::text[]) WITH ORDINALITY n(name, at)"
    " ORDER BY at"
)


@dataclass(frozen=True, slots=True)
class TrailCount:
    """Events of one scope: since yesterday 0:00 (JST), and the last day with any."""

    recent: int
    last_day: date


@dataclass(frozen=True, slots=True)
class Seal:
    """`number` of the last batch (0: none yet) and when it was sealed; events that wait, and since when."""

    number: int
    sealed_at: datetime | None
    waiting: int
    waiting_since: datetime | None


def counts_by_scope() -> dict[str, TrailCount]:
    """Of the last month, by scope (schema name, or "console"). Raises TrailUnavailable."""
    today = timezone.localdate()
    parameters = (today - timedelta(days=1), start_of(today - timedelta(days=LOOK_BACK_DAYS)))
    rows = _read(_COUNTS, parameters)
    return {row["scope"]: TrailCount(row["recent"], row["last_day"]) for row in rows}


def words_by_scope(since: date, events: Iterable[Event]) -> dict[str, dict[str, int]]:
    """How often each scope wrote each of these words since a day. Raises TrailUnavailable."""
    found: dict[str, dict[str, int]] = {}
    for row in _read(_WORDS, (start_of(since), [event.value for event in events])):
        found.setdefault(row["scope"], {})[row["event"]] = row["events"]
    return found


def seals_by_scope() -> dict[str, Seal]:
    """The end of each scope's chain. Raises TrailUnavailable."""
    return {
        row["scope"]: Seal(row["number"] or 0, row["sealed_at"], row["waiting"], row["waiting_since"])
        for row in _read(_SEALS, ())
    }


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
