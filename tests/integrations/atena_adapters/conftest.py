"""Fixtures: one population for all, and one simulator per configuration for tests without faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ops.embedded.postgres import PostgresServer
from tests.integrations.atena_adapters.cases import CASES
from tests.integrations.atena_adapters.simulator.played import Played, played
from tests.integrations.atena_adapters.support import Running, Seed, make_seed, simulator


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Seed:
    """The sealed population."""
    return make_seed(tmp_path_factory.mktemp("seed"))


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> str:
    """The name of a configuration under contract."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def links(
    seed: Seed, tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer
) -> Iterator[Callable[[str], Played]]:
    """Running links with everybody registered, one for each configuration, started when first needed.

    The database server is asked for here, so that it outlives the links that are in it.
    """
    running: dict[str, Played] = {}
    with ExitStack() as stack:

        def link_for(case: str) -> Played:
            if case not in running:
                config = CASES[case]
                opened = played(config, seed, tmp_path_factory.mktemp("link"), server=postgres)
                running[case] = stack.enter_context(opened)
                running[case].registered()
            return running[case]

        yield link_for


@pytest.fixture
def link(case: str, links: Callable[[str], Played]) -> Played:
    """The running link of one configuration."""
    return links(case)


@pytest.fixture
def start(seed: Seed, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts a simulator with faults for one test."""
    with ExitStack() as stack:
        yield lambda config, *options: stack.enter_context(simulator(config, seed, tmp_path, *options))
