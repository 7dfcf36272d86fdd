"""The database side: takes what the control table announces, fills the tables behind the views."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

import psycopg
from psycopg import sql

from integrations.atena_adapters.simulator.faults import Fault
from integrations.atena_adapters.simulator.items import RECEIPT, Row
from integrations.atena_adapters.simulator.ledger import Batch
from integrations.atena_adapters.simulator.office import Address, Office
from integrations.atena_adapters.simulator.profile import Profile
from integrations.atena_adapters.simulator.serving.files import new_rows
from integrations.atena_adapters.simulator.serving.tables import Session, Tables
from integrations.atena_adapters.simulator.wire.messages import Line, cells_of, line_of

_REPAIR = 0.3
_LATE_RECEIPT = 0.8


class DatabaseSide:
    """Works through the staging tables, about ten times a second."""

    def __init__(self, profile: Profile, office: Office, connection: str, *, step: float) -> None:
        self._profile = profile
        self._office = office
        self._connection = connection
        self._step = step
        self._tables = Tables(profile)
        self._seen: dict[tuple[str, str], object] = {}
        self._clock_set: float | None = None
        self._later: list[tuple[float, sql.Composed, tuple[object, ...]]] = []

    def open(self) -> None:
        """Make what is missing."""
        with psycopg.connect(self._connection) as session:
            self._tables.make(session)
            self._set_clock(session)

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop."""
        with psycopg.connect(self._connection, autocommit=True) as session:
            while not stop.wait(self._step):
                if self._office.is_open():
                    self.look(session)

    def look(self, session: Session) -> None:
        """One round."""
        self._set_clock(session)
        for due, statement, values in [later for later in self._later if later[0] <= time.monotonic()]:
            session.execute(statement, values)
            self._later.remove((due, statement, values))
        query = sql.SQL("SELECT renkei_id, shurui, kensu, sha256, sakusei FROM {}").format(self._tables.control)
        announced = {(str(row[0]), str(row[1])): row for row in session.execute(query).fetchall()}
        for (batch, word), row in announced.items():
            kind = self._profile.kind_of(word)
            if kind is not None and self._seen.get((batch, word)) != row[4]:
                self._take(session, Address(kind, batch), cast(int, row[2]), str(row[3]), row[4])
        self._drop(session, announced)
        for open_batch in self._office.open_batches():
            word = self._profile.word(open_batch.kind)
            if (open_batch.batch_id, word) in announced and self._office.is_ready(open_batch):
                self._deliver(session, open_batch)

    def _take(self, session: Session, address: Address, count: int, digest: str, signal: object) -> None:
        known = self._office.ledger.find(address.kind, address.batch_id)
        told_again = known is not None and known.sha256 == digest
        lines = self._lines(session, address)
        if len(lines) != count and not told_again:
            return  # not there yet; what is told again may be withdrawn at once, since its receipt still lies there
        word = self._profile.word(address.kind)
        if known is None or told_again:
            self._clear(session, address)
        _, rows = self._office.take_lines(address, lines, digest)
        self._seen[address.batch_id, word] = signal
        late = self._office.faults.strikes(Fault.LATE_RECEIPT, address.kind)
        with session.transaction():
            where = sql.SQL("DELETE FROM {} WHERE renkei_id = %s AND shurui = %s").format(self._tables.receipts)
            session.execute(where, (address.batch_id, word))
            for number, row in enumerate(rows, start=1):
                head = {"renkei_id": address.batch_id, "shurui": word, "gyo": number}
                statement, values = self._insert(self._tables.receipts, head, RECEIPT, row)
                if late:
                    self._later.append((time.monotonic() + _LATE_RECEIPT, statement, values))
                else:
                    session.execute(statement, values)

    def _lines(self, session: Session, address: Address) -> list[Line]:
        titles = self._tables.titles(address.kind.value)
        query = sql.SQL("SELECT {} FROM {} WHERE renkei_id = %s ORDER BY gyo").format(
            sql.SQL(", ").join(map(sql.Identifier, titles)), self._tables.request(address.kind)
        )
        found = session.execute(query, (address.batch_id,)).fetchall()
        texts = [dict(zip(titles, cast("tuple[str | None, ...]", row), strict=True)) for row in found]
        return [line_of(self._office.form, address.kind.value, row) for row in texts]

    def _deliver(self, session: Session, batch: Batch) -> None:
        rows = new_rows(self._office, batch)
        if not rows:
            return
        strikes, part = self._office.faults.strikes, batch.parts + 1
        told = self._office.damaged(batch, rows)
        self._put(session, batch, told, part)
        if strikes(Fault.DOUBLED_FILE, batch.kind):
            self._put(session, batch, told, part + 1)
            self._office.mark_delivered(batch, [])
        self._office.mark_delivered(batch, rows)

    def _put(self, session: Session, batch: Batch, rows: Sequence[Row], part: int) -> None:
        table, word = self._tables.answers(batch.kind), self._profile.word(batch.kind)
        strikes = self._office.faults.strikes
        partial = strikes(Fault.PARTIAL_UPLOAD, batch.kind) or strikes(Fault.TRUNCATED, batch.kind)
        with session.transaction():
            for number, row in enumerate(rows, start=1):
                head = {"renkei_id": batch.batch_id, "bunkatsu": part, "gyo": number}
                statement, values = self._insert(table, head, batch.kind.answer, row)
                if partial and number > len(rows) // 2:  # announced, but not all of it there
                    self._later.append((time.monotonic() + _REPAIR, statement, values))
                else:
                    session.execute(statement, values)
            query = sql.SQL("INSERT INTO {} VALUES (%s, %s, %s, %s)").format(self._tables.parts)
            session.execute(query, (batch.batch_id, word, part, len(rows)))

    def _insert(
        self, table: sql.Identifier, head: Mapping[str, object], message: str, row: Row
    ) -> tuple[sql.Composed, tuple[object, ...]]:
        titles = [*head, *self._tables.titles(message)]
        marks = sql.SQL(", ").join([sql.Placeholder()] * len(titles))
        names = sql.SQL(", ").join(map(sql.Identifier, titles))
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(table, names, marks)
        return statement, (*head.values(), *cells_of(self._office.form, message, row))

    def _drop(self, session: Session, announced: Mapping[tuple[str, str], object]) -> None:
        """Receipt and answers of batches whose control row is gone: the client has finished."""
        for batch, word in [key for key in self._seen if key not in announced]:
            kind = self._profile.kind_of(word)
            if kind is not None:
                self._clear(session, Address(kind, batch))
            del self._seen[batch, word]

    def _clear(self, session: Session, address: Address) -> None:
        values = (address.batch_id, self._profile.word(address.kind))
        self._later = [later for later in self._later if later[2][0] != address.batch_id]
        with session.transaction():
            for table in (self._tables.receipts, self._tables.parts):
                session.execute(sql.SQL("DELETE FROM {} WHERE renkei_id = %s AND shurui = %s").format(table), values)
            query = sql.SQL("DELETE FROM {} WHERE renkei_id = %s").format(self._tables.answers(address.kind))
            session.execute(query, values[:1])

    def _set_clock(self, session: Session) -> None:
        seconds = round(self._office.own_time().timestamp() - datetime.now().astimezone().timestamp(), 1)
        if self._clock_set == seconds:
            return
        with session.transaction():
            session.execute(sql.SQL("DELETE FROM {}").format(self._tables.skew))
            session.execute(sql.SQL("INSERT INTO {} VALUES (%s)").format(self._tables.skew), (seconds,))
        self._clock_set = seconds
