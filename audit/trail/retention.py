"""Disposing of records older than the law asks: recorded and sealed in every prefecture first, dropped a month at a time after.

Run daily. The first run writes the disposal of a month that is over into each scope; a later one, when the sealer has been
there, has the month dropped. Heads stay, so that the chain before and after can still be checked. A scope that can seal nothing any
more, because its keys were destroyed or nobody knows it, would hold the month of all others for ever: for it the console records.
"""

import logging
from datetime import date

import psycopg

from audit.trail import connections
from audit.trail.entries import JSON, Subject
from audit.trail.recorder import record_access
from audit.trail.sealing.sealer import can_seal, inside
from audit.trail.vocabulary import Event
from tenants.core.context import console_context

logger = logging.getLogger(__name__)

_EXPIRED = "SELECT month, scope, events, recorded FROM trail.expired_months()"
_DISPOSE = "SELECT trail.dispose_month(%s) AS gone"


def dispose() -> int:
    """Record what is due and drop what was recorded; returns how many events went. Raises psycopg.Error, TrailUnavailable."""
    gone, held = 0, set()
    rows = connections.use(connections.retention(), lambda trail: trail.execute(_EXPIRED).fetchall())
    for row in rows:
        if not row["recorded"]:
            held.add(row["month"])
            _announce(row["scope"], f"{row['month']:%Y-%m}", row["events"])
    for month in sorted({row["month"] for row in rows}):
        if month in held:  # a month's leaves go with the month after it, so that none may be left out
            break
        try:
            gone += _drop(month)
        except psycopg.errors.InsufficientPrivilege:
            logger.warning("trail: %s waits for the seal of its disposal", month)
            break
    return gone


def _drop(month: date) -> int:
    row = connections.use(connections.retention(), lambda trail: trail.execute(_DISPOSE, (month,)).fetchone())
    return int(row["gone"]) if row else 0


def _announce(scope: str, month: str, events: int) -> None:
    detail: dict[str, JSON] = {"月": month, "件数": events}
    if can_seal(scope):
        with inside(scope):
            record_access(Event.TRAIL_MONTH_DISPOSED, subjects=[Subject("trail_month", month)], detail=detail)
        return
    logger.warning("trail: the console records the disposal of %s for %s, which has no key", month, scope)
    with console_context():
        subject = Subject("lost_trail_month", f"{scope} {month}")
        record_access(Event.TRAIL_LOST_MONTH_DISPOSED, subjects=[subject], detail=detail)
