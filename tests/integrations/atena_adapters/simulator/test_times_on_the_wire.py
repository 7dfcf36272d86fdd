"""Hours, stops and a wrong clock as the adapters meet them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from integrations.atena_adapters.port import (
    Answered,
    CheckState,
    CommunicationError,
    InquiryKind,
    ProblemCode,
    Registered,
)
from integrations.atena_adapters.registry import preset
from integrations.atena_adapters.simulator.clock import JAPAN, Clock
from tests.integrations.atena_adapters.simulator.played import Played, changed, played
from tests.integrations.atena_adapters.support import Seed, atena, inquiry, make_seed, registration


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Seed:
    """The sealed population."""
    return make_seed(tmp_path_factory.mktemp("seed"))


@pytest.fixture
def stopped(tmp_path: Path) -> tuple[str, ...]:
    """A stop for maintenance that a clock in a file is in the middle of."""
    conduct = tmp_path / "conduct.toml"
    conduct.write_text('stops = [["2030-01-15T10:00", "2030-01-15T14:00"]]\n')
    _clock(tmp_path).set_to(_noon())
    return ("--conduct", str(conduct), "--clock", str(tmp_path / "clock.json"))


def _noon() -> datetime:
    return datetime(2030, 1, 15, 12, tzinfo=JAPAN)


def _clock(place: Path) -> Clock:
    return Clock(place / "clock.json")


def test_a_stopped_server_refuses_and_works_again(people: Seed, stopped: tuple[str, ...], tmp_path: Path) -> None:
    with played(changed(preset("rest"), attempts=1), people, tmp_path / "link", *stopped) as link:
        batch = registration(1, batch_id="R")
        with pytest.raises(CommunicationError) as caught:
            link.adapter.register(batch)
        assert caught.value.retryable
        _clock(tmp_path).advance(3 * 3600)
        assert isinstance(link.wait(link.adapter.register(batch)).outcomes[atena(1)], Registered)


@pytest.mark.parametrize("name", ["fixed", "medium"])
def test_files_lie_until_it_opens(name: str, people: Seed, stopped: tuple[str, ...], tmp_path: Path) -> None:
    with played(preset(name), people, tmp_path / "link", *stopped) as link:
        receipt = link.adapter.register(registration(1, batch_id="R"))
        for _ in range(5):
            link.work()
            assert not link.adapter.collect(receipt).complete
        _clock(tmp_path).advance(3 * 3600)
        assert isinstance(link.wait(receipt).outcomes[atena(1)], Registered)


@pytest.fixture(params=["rest", "database"])
def skewed(request: pytest.FixtureRequest, people: Seed, tmp_path: Path) -> Iterator[Played]:
    """The other side's clock is an hour ahead."""
    server = request.getfixturevalue("postgres") if request.param == "database" else None
    with played(preset(request.param), people, tmp_path, "--skew", "3600", server=server) as link:
        yield link


def test_a_wrong_clock_is_seen_by_the_check(skewed: Played) -> None:
    states = [result.state for result in skewed.adapter.check_config()]
    assert any(state is not CheckState.OK for state in states)


def test_the_database_delivers_twice_and_in_pieces(
    people: Seed, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    faults = (
        "--fault",
        "doubled_file@inquiry",
        "--fault",
        "partial_upload@registration",
        "--fault",
        "late_receipt@linkage",
    )
    server = request.getfixturevalue("postgres")
    with played(preset("database"), people, tmp_path, *faults, server=server) as link:
        outcomes = link.wait(link.adapter.register(registration(1, 2, batch_id="R"))).outcomes
        assert all(isinstance(outcome, Registered) for outcome in outcomes.values())
        receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.TAX, 1, 2, batch_id="Q"))
        doubled = link.wait(receipt, until=lambda found: any(one.code is ProblemCode.DOUBLED for one in found.problems))
        assert all(isinstance(outcome, Answered) for outcome in doubled.outcomes.values())


def test_a_hung_sftp_server_is_left_and_tried_again(people: Seed, tmp_path: Path) -> None:
    hasty = changed(preset("sftp"), timeout_seconds=1.0)
    with played(hasty, people, tmp_path, "--fault", "timeout", "--stall", "6") as link:
        batch = registration(1, batch_id="R")
        with pytest.raises(CommunicationError) as caught:
            link.adapter.register(batch)
        assert caught.value.retryable
        assert isinstance(link.wait(link.adapter.register(batch)).outcomes[atena(1)], Registered)
