"""What only a database can get wrong: rights, half-written batches, missing rows, waiting for a lock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

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
from tests.integrations.atena_adapters.simulator.inside import inside
from tests.integrations.atena_adapters.simulator.played import Played, played
from tests.integrations.atena_adapters.support import Keeper, Seed, atena, registration


@pytest.fixture
def link(postgres: PostgresServer, seed: Seed, tmp_path: Path) -> Iterator[Played]:
    """The database preset."""
    with played(preset("database"), seed, tmp_path / "link", server=postgres, run=inside) as opened:
        yield opened


def _there(link: Played) -> AbstractContextManager[Any]:
    """A superuser's session in the other side's database."""
    server: PostgresServer = link.extra["server"]
    return server.connect(link.extra["name"])


def _count(link: Played, table: str) -> int:
    with _there(link) as connection:
        return int(connection.execute(f"SELECT count(*) FROM renkei.{table}").fetchone()[0])


def test_rows_leave_the_staging_table_after_the_receipt_and_the_control_row_at_the_end(link: Played) -> None:
    receipt = link.adapter.register(registration(1, 2, batch_id="a"))
    assert (_count(link, "irai_registration"), _count(link, "irai_seigyo")) == (2, 1)
    found = link.wait(receipt)
    assert isinstance(found.outcomes[atena(1)], Registered)
    assert (_count(link, "irai_registration"), _count(link, "irai_seigyo")) == (0, 1)
    assert link.adapter.finish(receipt, found.read)
    assert _count(link, "irai_seigyo") == 0


def test_our_login_cannot_read_back_the_numbers_it_put(link: Played) -> None:
    link.adapter.register(registration(1, batch_id="a"))
    names = {result.name: result.state for result in link.adapter.check_config()}
    assert names["権限の狭さ"] is CheckState.OK
    with _there(link) as connection:
        connection.execute(f"GRANT SELECT ON renkei.irai_registration TO {link.extra['name']}_renkei")
    names = {result.name: result.state for result in link.adapter.check_config()}
    assert names["権限の狭さ"] is CheckState.WARNING


def test_an_answer_with_a_row_missing_is_not_there_yet(link: Played) -> None:
    receipt = link.adapter.register(registration(1, 2, batch_id="a"))
    link.work()
    with _there(link) as connection:
        connection.execute("UPDATE renkei.kaito_seigyo_moto SET kensu = 3")
    assert not link.adapter.collect(receipt).complete
    with _there(link) as connection:
        connection.execute("UPDATE renkei.kaito_seigyo_moto SET kensu = 2")
    assert link.adapter.collect(receipt).complete


def test_a_wrong_password_is_refused_and_shows_nowhere(link: Played) -> None:
    wrong = build(link.config, keep=Keeper(), secrets={"database": SecretStr("hush-hush")})
    with pytest.raises(AuthenticationRefused) as caught:
        wrong.register(registration(1, batch_id="a"))
    assert "hush" not in str(caught.value)
    assert not wrong.health().ok


def test_a_lock_at_the_other_side_ends_as_a_communication_error(link: Played) -> None:
    impatient = link.again(timeout_seconds=0.5)
    with _there(link) as connection, connection.transaction():
        connection.execute("LOCK TABLE renkei.irai_registration IN ACCESS EXCLUSIVE MODE")
        started = time.monotonic()
        with pytest.raises(CommunicationError) as caught:
            impatient.register(registration(1, batch_id="a"))
        assert time.monotonic() - started < 10
    assert caught.value.retryable
    assert _count(link, "irai_registration") == 0


def test_errors_of_the_database_quote_no_value(link: Played) -> None:
    with _there(link) as connection:
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
