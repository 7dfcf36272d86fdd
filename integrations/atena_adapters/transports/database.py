"""A staging table and views in the other side's PostgreSQL.

The rows of a batch travel as the JSON dialect's lines: keys are column names, text or NULL.  One transaction deletes what we put
earlier, inserts the rows and then the control row, whose presence is the signal.  Nothing but the configured names is touched.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from pydantic import SecretStr

from integrations.atena_adapters.config import DatabaseTransport, JsonDialect
from integrations.atena_adapters.errors import AuthenticationRefused, CommunicationError
from integrations.atena_adapters.fields import ANSWER_TO, Message
from integrations.atena_adapters.port import CheckResult, CheckState, Health
from integrations.atena_adapters.transports.base import Address, Delivery, digest_of
from integrations.atena_adapters.transports.clocks import clock_result

_NAME = "データベース"
_CHECK_STEP = 0.2
Connection = psycopg.Connection[tuple[Any, ...]]


class DatabaseLink:
    """The database transport."""

    by_people = False

    def __init__(
        self,
        config: DatabaseTransport,
        dialect: JsonDialect,
        secret: SecretStr,
        *,
        certificate: Path | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._config = config
        self._dialect = dialect
        self._secret = secret
        self._certificate = certificate
        self._sleep = sleep

    def send(self, address: Address, payload: bytes, content_type: str) -> Delivery:
        """Put the rows, then the control row, in one transaction."""
        lines = json.loads(payload)[self._dialect.lines_key]
        titles = [column.title for column in self._dialect.layouts.of(Message(address.kind.value))]
        word = self._config.names.word(address.kind)
        with self._connection() as connection:
            self._delete_rows(connection, address)
            self._delete_control(connection, address)
            names = sql.SQL(", ").join(map(sql.Identifier, ("renkei_id", "gyo", *titles)))
            copy = sql.SQL("COPY {} ({}) FROM STDIN").format(self._table(self._config.request_table, word), names)
            with connection.cursor() as cursor, cursor.copy(copy) as rows:
                for number, line in enumerate(lines, start=1):
                    rows.write_row((address.batch_id, number, *(_cell(line.get(title)) for title in titles)))
            connection.execute(
                sql.SQL(
                    "INSERT INTO {} (renkei_id, shurui, kensu, sha256, sakusei) VALUES (%s, %s, %s, %s, %s)"
                ).format(self._table(self._config.control_table)),
                (address.batch_id, word, len(lines), hashlib.sha256(payload).hexdigest(), datetime.now(UTC)),
            )
        return Delivery()

    def fetch_receipt(self, address: Address) -> bytes | None:
        """The rows of the receipt, None before they are there."""
        with self._connection() as connection:
            return self._receipt(connection, address)

    def fetch_answers(self, address: Address, *, gaps: bool = False) -> Sequence[bytes]:
        """The parts whose rows are all there, part 1 first."""
        with self._connection() as connection:
            parts = self._parts(connection, address)
        whole = [payload for _, payload in parts if payload is not None]
        return whole if gaps else _up_to_a_gap(parts)

    def withdraw(self, address: Address) -> None:
        """Delete our rows, so that no number stays in the staging table."""
        with self._connection() as connection:
            self._delete_rows(connection, address)

    def finish(self, address: Address, read: Container[str]) -> bool:
        """Delete our rows, and the control row when all was read: then the other side may drop what it put for us."""
        with self._connection() as connection:
            self._delete_rows(connection, address)
            there = [payload for _, payload in self._parts(connection, address)]
            paper = self._receipt(connection, address)
            unread = [one for one in [*there, *([paper] if paper else [])] if one is None or digest_of(one) not in read]
            if not unread:
                self._delete_control(connection, address)
        return not unread

    def health(self) -> Health:
        """Whether we can log in."""
        try:
            with self._connection() as connection:
                connection.execute("SELECT 1")
        except CommunicationError as error:
            return Health(ok=False, message=error.message)
        return Health(ok=True, message="統合宛名側のデータベースにつながります。")

    def check(self) -> list[CheckResult]:
        """Logged in; clocks together; what we must not read cannot be read."""
        try:
            with self._connection() as connection:
                clock = sql.SQL("SELECT {}()").format(self._table(self._config.clock_function))
                row = connection.execute(clock).fetchone()
        except CommunicationError as error:
            remedy = "接続先・利用者名・認証情報と、表・ビューの名前と許可を確かめてください。"
            return [CheckResult(_NAME, CheckState.FAILED, error.message, remedy)]
        there: datetime = row[0] if row else datetime.now(UTC)
        ahead = (there - datetime.now(UTC)).total_seconds()
        return [CheckResult(_NAME, CheckState.OK, "接続と認証ができます。"), clock_result(ahead), self._narrowness()]

    def wait_for_receipt(self, address: Address) -> bytes | None:
        """Look for the receipt for as long as the configuration allows."""
        for _ in range(max(1, round(self._config.check_wait_seconds / _CHECK_STEP))):
            receipt = self.fetch_receipt(address)
            if receipt is not None:
                return receipt
            self._sleep(_CHECK_STEP)
        return None

    def _narrowness(self) -> CheckResult:
        """The login should not be able to read back the numbers that it puts into the staging table."""
        name, word = "権限の狭さ", self._config.names.registration
        everything = sql.SQL("SELECT * FROM {} LIMIT 0").format(self._table(self._config.request_table, word))
        try:
            with self._connection() as connection:
                connection.execute(everything)
        except CommunicationError:
            return CheckResult(name, CheckState.OK, "依頼の表の中身を読み返せない権限になっています。")
        remedy = "依頼の表の SELECT を renkei_id の列だけにするよう依頼してください。"
        return CheckResult(name, CheckState.WARNING, "依頼の表の中身を読み返せる権限になっています。", remedy)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        config = self._config
        tls: dict[str, Any] = {"sslmode": "prefer"} if config.same_machine else {"sslmode": "verify-full"}
        if self._certificate is not None:
            tls["sslrootcert"] = str(self._certificate)
        elif not config.same_machine:
            tls["sslrootcert"] = "system"
        milliseconds = int(config.timeout_seconds * 1000)
        connected = False
        try:
            with psycopg.connect(
                host=config.host, port=config.port, dbname=config.database, user=config.user,
                password=self._secret.get_secret_value(), connect_timeout=max(2, int(config.timeout_seconds)),
                options=f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}",
                tcp_user_timeout=milliseconds, application_name="shugaku-shorei", **tls,
            ) as connection:  # fmt: skip
                connected = True
                yield connection
        except psycopg.OperationalError as error:
            refused = _refused(error)
            refused.nothing_left = not connected
            raise refused from None
        except psycopg.Error as error:
            # The server's own text would quote values; only its code is safe to tell.
            raise CommunicationError(
                f"統合宛名側のデータベースが応じません(状態{error.sqlstate or '不明'})。"
            ) from None

    def _select(
        self, connection: Connection, view: str, message: Message, where: sql.SQL, values: tuple[object, ...]
    ) -> list[Mapping[str, str | None]]:
        titles = [column.title for column in self._dialect.layouts.of(message)]
        names = sql.SQL(", ").join(map(sql.Identifier, titles))
        query = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY gyo").format(names, self._table(view), where)
        return [dict(zip(titles, row, strict=True)) for row in connection.execute(query, values).fetchall()]

    def _receipt(self, connection: Connection, address: Address) -> bytes | None:
        where, values = sql.SQL("renkei_id = %s AND shurui = %s"), (address.batch_id, self._word(address))
        lines = self._select(connection, self._config.receipt_view, Message.RECEIPT, where, values)
        return self._document(address, lines) if lines else None

    def _parts(self, connection: Connection, address: Address) -> list[tuple[int, bytes | None]]:
        """Number and content of each part that is announced; None: not all of its rows are there yet."""
        control = sql.SQL("SELECT bunkatsu, kensu FROM {} WHERE renkei_id = %s AND shurui = %s ORDER BY bunkatsu")
        told = control.format(self._table(self._config.answer_control_view))
        parts = connection.execute(told, (address.batch_id, self._word(address))).fetchall()
        view, where = f"{self._config.answer_view}_{self._word(address)}", sql.SQL("renkei_id = %s AND bunkatsu = %s")
        found = list[tuple[int, bytes | None]]()
        for part, count in parts:
            lines = self._select(connection, view, ANSWER_TO[address.kind.value], where, (address.batch_id, part))
            found.append((part, self._document(address, lines) if len(lines) == count else None))
        return found

    def _word(self, address: Address) -> str:
        return self._config.names.word(address.kind)

    def _document(self, address: Address, lines: Sequence[Mapping[str, str | None]]) -> bytes:
        head = {self._dialect.batch_key: address.batch_id, self._dialect.count_key: len(lines)}
        document = {key: value for key, value in head.items() if key} | {self._dialect.lines_key: lines}
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

    def _delete_rows(self, connection: Connection, address: Address) -> None:
        table = self._table(self._config.request_table, self._config.names.word(address.kind))
        connection.execute(sql.SQL("DELETE FROM {} WHERE renkei_id = %s").format(table), (address.batch_id,))

    def _delete_control(self, connection: Connection, address: Address) -> None:
        query = sql.SQL("DELETE FROM {} WHERE renkei_id = %s AND shurui = %s")
        values = (address.batch_id, self._config.names.word(address.kind))
        connection.execute(query.format(self._table(self._config.control_table)), values)

    def _table(self, name: str, word: str = "") -> sql.Identifier:
        return sql.Identifier(self._config.schema_name, f"{name}_{word}" if word else name)


def _up_to_a_gap(parts: Sequence[tuple[int, bytes | None]]) -> list[bytes]:
    found = list[bytes]()
    for expected, (part, payload) in enumerate(parts, start=1):
        if part != expected or payload is None:
            break
        found.append(payload)
    return found


def _cell(value: object) -> str | None:
    return None if value is None else str(value)


def _refused(error: psycopg.OperationalError) -> CommunicationError:
    if "password" in str(error) or error.sqlstate in ("28P01", "28000"):
        return AuthenticationRefused("データベースが認証情報を受け付けません。利用者名と登録した値を確かめてください。")
    return CommunicationError("統合宛名側のデータベースにつながらないか、時間内に応じません。", retryable=True)
