"""Counts of a scope's events over a stretch of time, for the monthly review. Read as the scope's own reader login."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from audit.trail import connections
from audit.trail.leaving import APPROVED_AS, LEAVES, TAKEN_OUT
from audit.trail.reader import read
from audit.trail.vocabulary import Event
from tenants.core.context import scope

_BY_EVENT = """
SELECT event, count(*) AS number FROM trail.event
WHERE scope = %(scope)s AND occurred_at >= %(since)s AND occurred_at < %(until)s GROUP BY event
"""
_BY_PERSON = """
SELECT actor_id, max(actor_name) AS name, count(*) AS number FROM trail.event
WHERE scope = %(scope)s AND occurred_at >= %(since)s AND occurred_at < %(until)s AND event = ANY(%(events)s)
  AND actor_kind = 'person'
GROUP BY actor_id ORDER BY number DESC, actor_id
"""


_BY_PERSON_AND_EVENT = """
SELECT actor_role, actor_id, event, count(*) AS number FROM trail.event
WHERE scope = %(scope)s AND occurred_at >= %(since)s AND occurred_at < %(until)s
  AND actor_kind = 'person' AND actor_role <> '' GROUP BY actor_role, actor_id, event
"""


_TAKEN_OUT = """
SELECT actor_role, actor_id, day, count(*) AS files,
       coalesce(sum((detail ->> %(size)s)::bigint) FILTER (WHERE NOT detail ? %(approved)s), 0)::bigint AS rows
FROM (
  SELECT DISTINCT actor_role, actor_id, (occurred_at AT TIME ZONE 'Asia/Tokyo')::date AS day, event, subjects, detail
  FROM trail.event
  WHERE scope = %(scope)s AND occurred_at >= %(since)s AND occurred_at < %(until)s AND event = ANY(%(events)s)
    AND actor_kind = 'person' AND actor_role <> '' AND session <> ALL(%(without)s) AND (detail ->> %(size)s)::bigint > 0
) taken GROUP BY actor_role, actor_id, day
"""
# The same file taken twice on a day left once.


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What one person took out on one day under one role: how many files, and of how many `rows` of them nobody approved before."""

    role: str
    person: str
    files: int
    rows: int


_LATEST = """
SELECT (occurred_at AT TIME ZONE 'Asia/Tokyo')::date AS day, max(recorded_at) AS latest FROM trail.event
WHERE scope = %s AND occurred_at >= %s AND occurred_at < %s GROUP BY 1
"""


def latest_recorded(since: datetime, until: datetime) -> dict[date, datetime]:
    """Of each day with events, when the last of them was recorded, by the trail's own clock; `until` is exclusive.

    Raises TrailUnavailable.
    """
    asked = (scope(), since, until)
    rows = read(connections.reader(scope()), lambda trail: trail.execute(_LATEST, asked).fetchall())
    return {row["day"]: row["latest"] for row in rows}


def counts_between(since: datetime, until: datetime) -> dict[str, int]:
    """Events by word; `until` is exclusive. Raises TrailUnavailable."""
    parameters = {"scope": scope(), "since": since, "until": until}
    rows = read(connections.reader(scope()), lambda trail: trail.execute(_BY_EVENT, parameters).fetchall())
    return {row["event"]: row["number"] for row in rows}


def people_between(since: datetime, until: datetime, events: Collection[Event]) -> list[tuple[str, int]]:
    """Name and number of these events for every person who caused one, the most first. Raises TrailUnavailable."""
    parameters = {"scope": scope(), "since": since, "until": until, "events": [event.value for event in events]}
    rows = read(connections.reader(scope()), lambda trail: trail.execute(_BY_PERSON, parameters).fetchall())
    return [(row["name"], row["number"]) for row in rows]


def taken_out_between(since: datetime, until: datetime, without: Collection[str]) -> list[TakenOut]:
    """Day by day; nothing of the sessions `without`. `until` is exclusive. Raises TrailUnavailable."""
    parameters = {
        "scope": scope(), "since": since, "until": until, "events": [event.value for event in sorted(LEAVES)],
        "size": TAKEN_OUT, "approved": APPROVED_AS, "without": list(without),
    }  # fmt: skip
    rows = read(connections.reader(scope()), lambda trail: trail.execute(_TAKEN_OUT, parameters).fetchall())
    return [TakenOut(row["actor_role"], row["actor_id"], row["files"], row["rows"]) for row in rows]


def counts_by_role(since: datetime, until: datetime) -> dict[str, dict[str, dict[str, int]]]:
    """Role → person (actor id) → event → number; `until` is exclusive. Raises TrailUnavailable."""
    parameters = {"scope": scope(), "since": since, "until": until}
    rows = read(connections.reader(scope()), lambda trail: trail.execute(_BY_PERSON_AND_EVENT, parameters).fetchall())
    found: dict[str, dict[str, dict[str, int]]] = {}
    for row in rows:
        found.setdefault(row["actor_role"], {}).setdefault(row["actor_id"], {})[row["event"]] = row["number"]
    return found
