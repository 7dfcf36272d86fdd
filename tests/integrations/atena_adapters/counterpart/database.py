"""A real PostgreSQL database of the other side: staging tables, views, and a login that may do no more than it must."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from integrations.atena_adapters.config import JsonDialect
from integrations.atena_adapters.fields import ANSWER_TO, Message
from ops.embedded.postgres import PostgresServer
from tests.integrations.atena_adapters.counterpart.office import Office

PASSWORD = "sample-database-password"
KINDS = ("registration", "update", "withdrawal", "linkage", "inquiry", "provision")


@dataclass
class DatabaseSide:
    """Where the database is, and the office that works through its staging tables when asked."""

    server: PostgresServer
    name: str
    user: str
    office: Office

    def work(self) -> None:
        """Take every announced batch, put its receipt and answer into the tables behind the views."""
        with self.server.connect(self.name) as connection:
            announced: list[Any] = connection.execute(
                "SELECT renkei_id, shurui, kensu, sha256 FROM renkei.irai_seigyo"
            ).fetchall()
            for batch, kind, count, digest in announced:
                titles = self._titles(Message(kind))
                rows = connection.execute(
                    sql.SQL("SELECT {} FROM {} WHERE renkei_id = %s ORDER BY gyo").format(
                        sql.SQL(", ").join(map(sql.Identifier, titles)), sql.Identifier("renkei", f"irai_{kind}")
                    ),
                    (batch,),
                ).fetchall()
                if len(rows) != count:
                    continue  # taken before, and withdrawn since
                document = {
                    "renkei_id": batch,
                    "kensu": count,
                    "meisai": [dict(zip(titles, row, strict=True)) for row in rows],
                }
                taken, receipt = self.office.take(kind, batch, json.dumps(document).encode(), digest)
                self._put(connection, "juryo_moto", Message.RECEIPT, receipt, {"renkei_id": batch, "shurui": kind})
                answer = self.office.answer(kind, batch) if taken else None
                if answer is not None:
                    lines = self._put(
                        connection, f"kaito_moto_{kind}", ANSWER_TO[kind], answer, {"renkei_id": batch, "bunkatsu": 1}
                    )
                    connection.execute(
                        "DELETE FROM renkei.kaito_seigyo_moto WHERE renkei_id = %s AND shurui = %s", (batch, kind)
                    )
                    connection.execute(
                        "INSERT INTO renkei.kaito_seigyo_moto VALUES (%s, %s, 1, %s)", (batch, kind, lines)
                    )

    def make(self) -> None:
        """The objects of the wire, and the rights of the login."""
        with self.server.connect(self.name) as connection:
            connection.execute("CREATE SCHEMA renkei")
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA renkei TO {}").format(sql.Identifier(self.user)))
            connection.execute(
                "CREATE TABLE renkei.irai_seigyo (renkei_id text, shurui text, kensu integer, sha256 text, sakusei timestamptz,"
                " PRIMARY KEY (renkei_id, shurui))"
            )
            self._grant(connection, "INSERT, DELETE, SELECT (renkei_id, shurui)", "irai_seigyo")
            connection.execute(
                "CREATE TABLE renkei.kaito_seigyo_moto (renkei_id text, shurui text, bunkatsu integer, kensu integer)"
            )
            self._view(connection, "kaito_seigyo", "kaito_seigyo_moto")
            self._table(connection, "juryo_moto", Message.RECEIPT, "shurui text")
            self._view(connection, "juryo", "juryo_moto")
            for kind in KINDS:
                self._table(connection, f"irai_{kind}", Message(kind))
                self._grant(connection, "INSERT, DELETE, SELECT (renkei_id)", f"irai_{kind}")
                self._table(connection, f"kaito_moto_{kind}", ANSWER_TO[kind], "bunkatsu integer")
                self._view(connection, f"kaito_{kind}", f"kaito_moto_{kind}")
            connection.execute(
                "CREATE FUNCTION renkei.genzai() RETURNS timestamptz LANGUAGE sql AS 'SELECT clock_timestamp()'"
            )

    def _titles(self, message: Message) -> list[str]:
        return [column.title for column in self.office.config.dialect.layouts.of(message)]

    def _table(self, connection: Any, name: str, message: Message, more: str = "") -> None:
        columns = [sql.SQL("{} text").format(sql.Identifier(title)) for title in self._titles(message)]
        parts = [sql.SQL("renkei_id text, gyo integer"), *([sql.SQL(more)] if more else []), *columns]
        connection.execute(
            sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier("renkei", name), sql.SQL(", ").join(parts))
        )

    def _view(self, connection: Any, name: str, table: str) -> None:
        names = sql.Identifier("renkei", name), sql.Identifier("renkei", table)
        connection.execute(sql.SQL("CREATE VIEW {} AS SELECT * FROM {}").format(*names))
        self._grant(connection, "SELECT", name)

    def _grant(self, connection: Any, rights: str, name: str) -> None:
        objects = sql.Identifier("renkei", name), sql.Identifier(self.user)
        connection.execute(sql.SQL("GRANT ") + sql.SQL(rights) + sql.SQL(" ON {} TO {}").format(*objects))

    def _put(self, connection: Any, table: str, message: Message, payload: bytes, head: dict[str, Any]) -> int:
        assert isinstance(self.office.config.dialect, JsonDialect)
        where = sql.SQL(" AND ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in head)
        place = sql.Identifier("renkei", table)
        connection.execute(sql.SQL("DELETE FROM {} WHERE ").format(place) + where, tuple(head.values()))
        lines = json.loads(payload)[self.office.config.dialect.lines_key]
        for number, line in enumerate(lines, start=1):
            values = head | {"gyo": number} | line
            query = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                place,
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() * len(values)),
            )
            connection.execute(query, tuple(values.values()))
        return len(lines)


@contextmanager
def database_side(office: Office, server: PostgresServer) -> Iterator[DatabaseSide]:
    """A database of its own, dropped with its login when the block ends."""
    name = f"atena_{secrets.token_hex(4)}"
    side = DatabaseSide(server, name, f"{name}_renkei", office)
    login, database = sql.Identifier(side.user), sql.Identifier(name)
    with server.connect("postgres") as superuser:
        superuser.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(login, sql.Literal(PASSWORD)))
        superuser.execute(sql.SQL("CREATE DATABASE {}").format(database))
    try:
        side.make()
        yield side
    finally:
        with server.connect("postgres") as superuser:
            superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))
            superuser.execute(sql.SQL("DROP ROLE {}").format(login))
