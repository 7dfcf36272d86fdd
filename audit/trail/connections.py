"""Connections of our own to the audit database (and, for the relay, to the main one): not a Django alias.

An event must be written outside the caller's transaction and under another login, so it must not go through Django's
connection. One idle connection per login is kept in the process and used again; a broken one is replaced once.

A server, or a line to it, that stops answering must not keep a page waiting: no step takes longer on our side either.
"""

import atexit
import json
import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast

import psycopg
from django.conf import settings
from psycopg.abc import PQGen
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import set_json_loads

from audit.trail import roles
from tenants.core.credentials import RELAY, login_name, passwords_of

Connection: TypeAlias = psycopg.Connection[DictRow]
Result = TypeVar("Result")

logger = logging.getLogger(__name__)

_scan = json.JSONDecoder().raw_decode

CONNECT_SECONDS = 3
LATER_BY = 2.0
"""Seconds after its own limit by which a statement must have answered."""
IDLE_FOR, ANSWERS_WITHIN = 5.0, 2.0
"""Seconds: a connection that was idle for so long is asked first whether anybody is there, and must answer within so many."""
KEPT_CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Target:
    """A server, a database, a login and the longest a statement may take (milliseconds).

    The server belongs to it: an idle connection is never used again for another server than the one now configured.
    """

    host: str
    port: int
    database: str
    login: str
    statement_ms: int


class NoAnswer(psycopg.OperationalError):
    """`trail.no-answer`: the connection is closed; nothing is known of what was asked last."""

    identifier = "trail.no-answer"


class _Limited(psycopg.Connection[DictRow]):
    """A connection on which nothing is waited for without end."""

    limit = ANSWERS_WITHIN
    used_at = 0.0

    def wait(self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None) -> Result:
        try:
            return super().wait(gen, interval, self.limit if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            if timeout is not None:
                raise
            self.close()
            raise NoAnswer from None

    def is_answering(self) -> bool:
        """Asked only after a while: a connection in use answers or fails by itself."""
        if time.monotonic() - self.used_at < IDLE_FOR:
            return True
        limit, self.limit = self.limit, ANSWERS_WITHIN
        try:
            self.execute("")
        except (psycopg.OperationalError, psycopg.InterfaceError):
            return False
        finally:
            self.limit = limit
        return True


def writer() -> Target:
    """INSERT into the trail, and nothing else."""
    return _target(_audit_database(), roles.audit_login(roles.WRITER), 5_000)


def reader(scope: str) -> Target:
    """SELECT of one scope's events."""
    return _target(_audit_database(), roles.reader_login(scope), 15_000)


def monitor() -> Target:
    """SELECT of counts over all scopes."""
    return _target(_audit_database(), roles.audit_login(roles.MONITOR), 15_000)


def owner() -> Target:
    """Lays out the audit database and adds partitions."""
    return _target(_audit_database(), roles.audit_login(roles.OWNER), 60_000)


def sealer() -> Target:
    """Reads what is not sealed yet and adds sealed batches."""
    return _target(_audit_database(), roles.audit_login(roles.SEALER), 60_000)


def retention() -> Target:
    """Has expired months dropped, after their disposal was recorded and sealed."""
    return _target(_audit_database(), roles.audit_login(roles.RETENTION), 60_000)


def relay() -> Target:
    """Reads and empties the outboxes of the main database."""
    return _target(str(settings.DATABASES["default"]["NAME"]), login_name(RELAY), 30_000)


def use(target: Target, work: Callable[[Connection], Result]) -> Result:
    """Run ``work`` on an autocommit connection; raises psycopg.Error.

    A kept connection that turns out to be dead is replaced and ``work`` runs again: it must bear being run twice.
    """
    kept = _kept.take(target)
    if kept is not None and kept.is_answering():
        try:
            return _run(target, kept, work)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            if not kept.broken:
                raise
    return _run(target, _open(target), work)


def close_all() -> None:
    """Close every idle connection of this process (before a database is dropped, and at the end)."""
    _kept.close_all()


def _run(target: Target, connection: _Limited, work: Callable[[Connection], Result]) -> Result:
    try:
        result = work(connection)
    except BaseException:
        # Nobody shall inherit a connection in an unknown state.
        if not connection.broken:
            connection.close()
        raise
    connection.used_at = time.monotonic()
    _kept.give_back(target, connection)
    return result


def _open(target: Target) -> _Limited:
    """With today's password; while the master key is being changed, the other one may be in force yet or already."""
    *first, last = passwords_of(target.login)
    for password in first:
        try:
            return _connect(target, password)
        except psycopg.OperationalError as error:
            logger.warning("trail: %s tries its other password (%s)", target.login, type(error).__name__)
    return _connect(target, last)


def _connect(target: Target, password: str) -> _Limited:
    connection = _Limited.connect(
        host=target.host,
        port=target.port,
        sslmode=str(settings.AUDIT_DATABASE.get("sslmode", "prefer")),
        sslrootcert=cast(str | None, settings.AUDIT_DATABASE.get("sslrootcert")),
        dbname=target.database,
        user=target.login,
        password=password,
        connect_timeout=CONNECT_SECONDS,
        options=f"-c statement_timeout={target.statement_ms} -c lock_timeout=3000",
        application_name="shugaku-trail",
        autocommit=True,
        row_factory=dict_row,
        tcp_user_timeout=5_000,
        keepalives_idle=10,
        keepalives_interval=3,
        keepalives_count=3,
    )
    connection.limit = target.statement_ms / 1000 + LATER_BY
    set_json_loads(_value_of, connection)
    return connection


def _value_of(text: str | bytes) -> Any:
    """A value of jsonb as the database writes it: UTF-8 and no space before it. Half of what ``json.loads`` takes is to find out."""
    return _scan(text if isinstance(text, str) else bytes(text).decode())[0]


def _target(database: str, login: str, statement_ms: int) -> Target:
    place: dict[str, Any] = settings.AUDIT_DATABASE
    return Target(str(place["host"]), int(place["port"]), database, login, statement_ms)


def _audit_database() -> str:
    return str(settings.AUDIT_DATABASE["name"])


class _Kept:
    """Idle connections, at most one per login, the least recently used closed first. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: OrderedDict[Target, _Limited] = OrderedDict()
        self._inherited: list[_Limited] = []

    def take(self, target: Target) -> _Limited | None:
        with self._lock:
            return self._idle.pop(target, None)

    def give_back(self, target: Target, connection: _Limited) -> None:
        with self._lock:
            surplus = [connection] if target in self._idle else []
            self._idle.setdefault(target, connection)
            while len(self._idle) > KEPT_CONNECTIONS:
                surplus.append(self._idle.popitem(last=False)[1])
        for unneeded in surplus:
            unneeded.close()

    def close_all(self) -> None:
        with self._lock:
            idle, self._idle = list(self._idle.values()), OrderedDict()
        for connection in idle:
            connection.close()

    def forget(self) -> None:
        """In a forked child: the sockets are the parent's. Neither use nor close them."""
        self._lock = threading.Lock()
        self._inherited.extend(self._idle.values())
        self._idle = OrderedDict()


_kept = _Kept()
os.register_at_fork(after_in_child=_kept.forget)
atexit.register(close_all)
