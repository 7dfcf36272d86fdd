"""What only a database can get wrong: rights, half-written batches, missing rows, waiting for a lock."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest
from pydantic import SecretStr, ValidationError

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.port import (
    AuthenticationRefused,
    CheckState,
    CommunicationError,
    Registered,
)
from integrations.atena_adapters.registry import build, preset
from ops.embedded.postgres import PostgresServer
from tests.integrations.atena_adapters.counterpart.links import Link, open_database
from tests.integrations.atena_adapters.support import Keeper, atena, registration


@pytest.fixture
def link(postgres: PostgresServer) -> Iterator[Link]:
    """The database preset."""
    with open_database(preset("database"), postgres) as opened:
        yield opened


def _count(link: Link, table: str) -> int:
    with link.side.server.connect(link.side.name) as connection:
        return int(connection.execute(f"SELECT count(*) FROM renkei.{table}").fetchone()[0])


def test_rows_leave_the_staging_table_after_the_receipt_and_the_control_row_at_the_end(link: Link) -> None:
    receipt = link.adapter.register(registration(1, 2, batch_id="a"))
    assert (_count(link, "irai_registration"), _count(link, "irai_seigyo")) == (2, 1)
    assert isinstance(link.answered(receipt).outcomes[atena(1)], Registered)
    assert (_count(link, "irai_registration"), _count(link, "irai_seigyo")) == (0, 1)
    link.adapter.finish(receipt)
    assert _count(link, "irai_seigyo") == 0


def test_our_login_cannot_read_back_the_numbers_it_put(link: Link) -> None:
    link.adapter.register(registration(1, batch_id="a"))
    names = {result.name: result.state for result in link.adapter.check_config()}
    assert names["権限の狭さ"] is CheckState.OK
    with link.side.server.connect(link.side.name) as connection:
        connection.execute(f"GRANT SELECT ON renkei.irai_registration TO {link.side.user}")
    names = {result.name: result.state for result in link.adapter.check_config()}
    assert names["権限の狭さ"] is CheckState.WARNING


def test_an_answer_with_a_row_missing_is_not_there_yet(link: Link) -> None:
    receipt = link.adapter.register(registration(1, 2, batch_id="a"))
    link.work()
    with link.side.server.connect(link.side.name) as connection:
        connection.execute("UPDATE renkei.kaito_seigyo_moto SET kensu = 3")
    assert not link.adapter.collect(receipt).complete
    with link.side.server.connect(link.side.name) as connection:
        connection.execute("UPDATE renkei.kaito_seigyo_moto SET kensu = 2")
    assert link.adapter.collect(receipt).complete


def test_a_wrong_password_is_refused_and_shows_nowhere(link: Link) -> None:
    wrong = build(link.config, keep=Keeper(), secrets={"database": SecretStr("hush-hush")})
    with pytest.raises(AuthenticationRefused) as caught:
        wrong.register(registration(1, batch_id="a"))
    assert "hush" not in str(caught.value)
    assert not wrong.health().ok


def test_a_lock_at_the_other_side_ends_as_a_communication_error(link: Link) -> None:
    impatient = link.again(timeout_seconds=0.5)
    with link.side.server.connect(link.side.name) as connection, connection.transaction():
        connection.execute("LOCK TABLE renkei.irai_registration IN ACCESS EXCLUSIVE MODE")
        started = time.monotonic()
        with pytest.raises(CommunicationError) as caught:
            impatient.register(registration(1, batch_id="a"))
        assert time.monotonic() - started < 10
    assert caught.value.retryable
    assert _count(link, "irai_registration") == 0


def test_errors_of_the_database_quote_no_value(link: Link) -> None:
    with link.side.server.connect(link.side.name) as connection:
        connection.execute("ALTER TABLE renkei.irai_registration ADD CHECK (length(kojin_bango) < 3)")
    with pytest.raises(CommunicationError) as caught:
        link.adapter.register(registration(1, batch_id="a"))
    assert "23514" in caught.value.message
    assert registration(1, batch_id="a").lines[0].individual_number not in str(caught.value)
    assert caught.value.__cause__ is None
    assert isinstance(caught.value.__context__, psycopg.Error)
    assert caught.value.__suppress_context__


def test_a_database_link_speaks_json_with_plain_column_names() -> None:
    values = preset("database").model_dump()
    for change in ({"kind": "delimited"}, {"layouts": preset("nara").model_dump()["dialect"]["layouts"]}):
        changed = values | {"dialect": {"kind": "json"} | change}
        with pytest.raises(ValidationError):
            AdapterConfig.model_validate(changed)
