"""Reading the trail, always as the reader login of one scope: the database, not this code, keeps other scopes out."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import psycopg

from audit.trail import connections
from audit.trail.entries import Subject
from audit.trail.recorder import TrailUnavailable
from audit.trail.vocabulary import Event, events_with_prefix
from tenants.core.context import scope

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

MOST_AT_ONCE = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadKey(ValueError):
    """`trail.bad-key`: the place to go on from (part of the URL) was altered."""

    identifier = "trail.bad-key"

    def __init__(self) -> None:
        super().__init__("続きの位置を読み取れません。記録の一覧を最初から開き直してください。")


@dataclass(frozen=True, slots=True)
class TrailEvent:
    """One event as stored. ``event`` is a word of the vocabulary; times are UTC."""

    id: UUID
    occurred_at: datetime
    recorded_at: datetime
    event: str
    actor_kind: str
    actor_id: str
    actor_name: str
    actor_role: str
    terminal: str
    session: str
    job_id: UUID | None
    subjects: tuple[Subject, ...]
    detail: Mapping[str, Any]
    allowed_by: str
    duty: str
    case: str

    @property
    def key(self) -> str:
        """Where this event stands in the order of time: pass it as ``after`` to go on with older ones."""
        return f"{(self.occurred_at - _EPOCH) // timedelta(microseconds=1)}-{self.id.hex}"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which events. ``prefix``: a word or the beginning of one (``read``, ``read:search``); ``events``: these words instead;
    ``until`` is exclusive.

    ``subjects``: events about any of these, each event once; ``subject`` is the same for one alone.

    ``actor_kind``, ``session``: where only those count they are asked for here and not picked out afterwards, or the many events of
    a job would leave none of them among the newest.
    """

    prefix: str = ""
    events: Sequence[Event] = ()
    actor: str = ""
    actor_kind: str = ""
    session: str = ""
    subject: Subject | None = None
    subjects: Sequence[Subject] = ()
    since: datetime | None = None
    until: datetime | None = None
    after: str = ""
    limit: int = 100


_COLUMNS = """
SELECT e.id, e.occurred_at, e.recorded_at, e.event, e.actor_kind, e.actor_id, e.actor_name, e.actor_role, e.terminal,
       e.session, e.job_id, e.subjects, e.detail, e.allowed_by, e.duty, e.case_ref
"""
# The scope is named too, so that its index is used; the row policy alone decides what may be seen.
_BY_TIME = _COLUMNS + "FROM trail.event e WHERE e.scope = %(scope)s"
_BY_SUBJECT = (
    _COLUMNS + "FROM trail.event_subject s JOIN trail.event e ON e.occurred_at = s.occurred_at AND e.id = s.event_id"
    " WHERE s.scope = %(scope)s AND s.kind = %(kind)s AND s.subject_id = %(subject_id)s"
)
# Of several: the places of one kind's ids in the index, the kinds together, each event once; only then the events themselves, each by
# its place. OFFSET 0 leaves the planner no other way: it cannot know that a family has few events, and went through whole months.
_AMONG = (
    "FROM ({places}) s CROSS JOIN LATERAL (SELECT * FROM trail.event v"
    " WHERE v.occurred_at = s.occurred_at AND v.id = s.event_id OFFSET 0) e WHERE e.scope = %(scope)s"
)
_PLACES = (
    "SELECT DISTINCT i.occurred_at, i.event_id FROM trail.event_subject i WHERE i.scope = %(scope)s AND i.kind = %(kind_{n})s"
    " AND i.subject_id = ANY(%(ids_{n})s)"
)
_PLACES_WITHIN = {
    "since": " AND i.occurred_at >= %(since)s",
    "until": " AND i.occurred_at < %(until)s",
    "after_id": " AND (i.occurred_at, i.event_id) < (%(after_at)s, %(after_id)s)",
}
_CONDITIONS = {
    "events": " AND e.event = ANY(%(events)s)",
    "actor": " AND e.actor_id = %(actor)s",
    "actor_kind": " AND e.actor_kind = %(actor_kind)s",
    "session": " AND e.session = %(session)s",
    "since": " AND e.occurred_at >= %(since)s",
    "until": " AND e.occurred_at < %(until)s",
    "after_id": " AND (e.occurred_at, e.id) < (%(after_at)s, %(after_id)s)",
}
# Compiling for the many events that the planner expects takes longer than the answer.
_FEW = "SET LOCAL jit = off"
_ORDER = " ORDER BY e.occurred_at DESC, e.id DESC LIMIT %(limit)s"
_SUMMARY = "SELECT event, count(*) AS events FROM trail.event WHERE scope = %s GROUP BY event ORDER BY event"
_BY_ROLE = """
SELECT actor_role, array_agg(DISTINCT event ORDER BY event) AS events FROM trail.event
WHERE scope = %s AND occurred_at >= %s AND actor_kind = 'person' AND actor_role <> '' GROUP BY actor_role
"""


def search(filters: Filters) -> list[TrailEvent]:
    """Events of the current scope, newest first. Raises TrailUnavailable, BadKey."""
    parameters = _parameters(filters)
    alone = _BY_SUBJECT if filters.subject else _BY_TIME
    statement = _among(filters.subjects, parameters) if filters.subjects else alone
    statement += _asked(_CONDITIONS, parameters) + _ORDER

    def ask(trail: connections.Connection) -> list[dict[str, Any]]:
        if not filters.subjects:
            return trail.execute(statement, parameters).fetchall()
        with trail.transaction():
            trail.execute(_FEW)
            return trail.execute(statement, parameters).fetchall()

    return [_event(row) for row in read(connections.reader(scope()), ask)]


def summary(scope_name: str) -> dict[str, int]:
    """How many events of each word a scope has. Raises TrailUnavailable."""
    rows = read(connections.reader(scope_name), lambda trail: trail.execute(_SUMMARY, (scope_name,)).fetchall())
    return {row["event"]: row["events"] for row in rows}


def events_by_role(since: datetime) -> dict[str, list[str]]:
    """Which events people of each role (its Japanese label) caused since a moment. Raises TrailUnavailable."""
    rows = read(connections.reader(scope()), lambda trail: trail.execute(_BY_ROLE, (scope(), since)).fetchall())
    return {row["actor_role"]: row["events"] for row in rows}


def read(target: connections.Target, work: Callable[[connections.Connection], Result]) -> Result:
    """Read as a login of the audit database. Raises TrailUnavailable."""
    try:
        return connections.use(target, work)
    except psycopg.Error as error:
        logger.error("trail: reading failed (%s, %s)", type(error).__name__, error.sqlstate)
        raise TrailUnavailable from None


def _parameters(filters: Filters) -> dict[str, Any]:
    after_at, after_id = _place(filters.after)
    return {
        "scope": scope(),
        "events": _words(filters),
        "actor": filters.actor or None,
        "actor_kind": filters.actor_kind or None,
        "session": filters.session or None,
        "kind": filters.subject.kind if filters.subject else None,
        "subject_id": filters.subject.id if filters.subject else None,
        "since": filters.since,
        "until": filters.until,
        "after_at": after_at,
        "after_id": after_id,
        "limit": max(1, min(filters.limit, MOST_AT_ONCE)),
    }


def _words(filters: Filters) -> list[str] | None:
    if filters.events:
        return [event.value for event in filters.events]
    return [event.value for event in events_with_prefix(filters.prefix)] if filters.prefix else None


def _among(subjects: Sequence[Subject], parameters: dict[str, Any]) -> str:
    """The statement for events about any of the subjects; their kinds and ids go into the parameters."""
    by_kind: dict[str, list[str]] = {}
    for subject in dict.fromkeys(subjects):
        by_kind.setdefault(subject.kind, []).append(subject.id)
    within = _asked(_PLACES_WITHIN, parameters)
    for n, (kind, ids) in enumerate(by_kind.items()):
        parameters |= {f"kind_{n}": kind, f"ids_{n}": ids}
    places = " UNION ".join(_PLACES.format(n=n) + within for n in range(len(by_kind)))
    return _COLUMNS + _AMONG.format(places=places)


def _asked(conditions: Mapping[str, str], parameters: Mapping[str, Any]) -> str:
    return "".join(text for name, text in conditions.items() if parameters.get(name) is not None)


def _place(key: str) -> tuple[datetime | None, UUID | None]:
    if not key:
        return None, None
    microseconds, _, identity = key.partition("-")
    try:
        return _EPOCH + timedelta(microseconds=int(microseconds)), UUID(hex=identity)
    except (ValueError, OverflowError):
        raise BadKey from None


def _event(row: Mapping[str, Any]) -> TrailEvent:
    values = dict(row)
    # What an event names twice (an inquiry about a member, and the member) is one subject to whoever reads it.
    subjects = tuple(dict.fromkeys(Subject(subject["kind"], subject["id"]) for subject in values.pop("subjects")))
    return TrailEvent(subjects=subjects, case=values.pop("case_ref"), **values)
