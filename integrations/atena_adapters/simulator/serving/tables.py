"""The objects of the staging schema in PostgreSQL: made when missing, with the rights of the login and no more."""

from __future__ import annotations

from typing import LiteralString

from psycopg import Connection, sql

from integrations.atena_adapters.simulator.items import RECEIPT, Kind
from integrations.atena_adapters.simulator.profile import Profile

Session = Connection[tuple[object, ...]]


class Tables:
    """Names as in the profile, and how to make them.  What the views show lies in tables of our own (`_moto`)."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self.schema = str(profile.option("schema_name", "renkei"))
        self._user = str(profile.option("user", "shorei_renkei"))
        names = {"request_table": "irai", "control_table": "irai_seigyo", "receipt_view": "juryo"}
        names |= {"answer_view": "kaito", "answer_control_view": "kaito_seigyo", "clock_function": "genzai"}
        self._names = {option: str(profile.option(option, usual)) for option, usual in names.items()}

    def request(self, kind: Kind) -> sql.Identifier:
        """Where requests of a kind come in."""
        return self._of(f"{self._names['request_table']}_{self._profile.word(kind)}")

    @property
    def control(self) -> sql.Identifier:
        """Where requests are announced."""
        return self._of(self._names["control_table"])

    @property
    def receipts(self) -> sql.Identifier:
        """The table behind the view of receipts."""
        return self._of(self._names["receipt_view"] + "_moto")

    def answers(self, kind: Kind) -> sql.Identifier:
        """The table behind the view of answers."""
        return self._of(f"{self._names['answer_view']}_{self._profile.word(kind)}_moto")

    @property
    def parts(self) -> sql.Identifier:
        """The table behind the view of the parts of answers."""
        return self._of(self._names["answer_control_view"] + "_moto")

    @property
    def skew(self) -> sql.Identifier:
        """One row: the seconds by which the clock of the other side differs."""
        return self._of("tokei_moto")

    def titles(self, message: str) -> list[str]:
        """The columns of a message."""
        return [column.title for column in self._profile.form.layouts[message]]

    def make(self, session: Session) -> None:
        """Everything that is missing."""
        user = sql.Identifier(self._user)
        session.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(self.schema)))
        session.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(self.schema), user))
        head = "renkei_id text, shurui text, kensu integer, sha256 text, sakusei timestamptz, PRIMARY KEY (renkei_id, shurui)"
        self._table(session, self.control, head, [])
        self._grant(session, "INSERT, DELETE, SELECT (renkei_id, shurui)", self.control)
        self._table(session, self.parts, "renkei_id text, shurui text, bunkatsu integer, kensu integer", [])
        self._view(session, self._names["answer_control_view"], self.parts)
        self._table(session, self.receipts, "renkei_id text, shurui text, gyo integer", self.titles(RECEIPT))
        self._view(session, self._names["receipt_view"], self.receipts)
        for kind in Kind:
            self._table(session, self.request(kind), "renkei_id text, gyo integer", self.titles(kind.value))
            self._grant(session, "INSERT, DELETE, SELECT (renkei_id)", self.request(kind))
            head = "renkei_id text, bunkatsu integer, gyo integer"
            self._table(session, self.answers(kind), head, self.titles(kind.answer))
            self._view(session, f"{self._names['answer_view']}_{self._profile.word(kind)}", self.answers(kind))
        self._table(session, self.skew, "seconds double precision", [])
        clock = self._of(self._names["clock_function"])
        text = "CREATE OR REPLACE FUNCTION {}() RETURNS timestamptz LANGUAGE sql SECURITY DEFINER AS {}"
        body = sql.SQL("SELECT clock_timestamp() + make_interval(secs => (SELECT coalesce(max(seconds), 0) FROM {}))")
        session.execute(sql.SQL(text).format(clock, sql.Literal(body.format(self.skew).as_string(session))))
        session.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {}() TO {}").format(clock, user))

    def _of(self, name: str) -> sql.Identifier:
        return sql.Identifier(self.schema, name)

    def _table(self, session: Session, name: sql.Identifier, head: LiteralString, titles: list[str]) -> None:
        columns = [sql.SQL("{} text").format(sql.Identifier(title)) for title in titles]
        parts = sql.SQL(", ").join([sql.Composed([sql.SQL(head)]), *columns])
        session.execute(sql.SQL("CREATE TABLE IF NOT EXISTS {} ({})").format(name, parts))

    def _view(self, session: Session, name: str, table: sql.Identifier) -> None:
        session.execute(sql.SQL("CREATE OR REPLACE VIEW {} AS SELECT * FROM {}").format(self._of(name), table))
        self._grant(session, "SELECT", self._of(name))

    def _grant(self, session: Session, rights: LiteralString, name: sql.Identifier) -> None:
        user = sql.Identifier(self._user)
        session.execute(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(rights), name, user))
