"""Fixtures: one population for all, and one simulator per configuration for tests without faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integrations.atena_adapters.cases import CASES
from tests.integrations.atena_adapters.support import Running, Seed, make_seed, simulator


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Seed:
    """The sealed population."""
    return make_seed(tmp_path_factory.mktemp("seed"))


@pytest.fixture(params=sorted(CASES), scope="session")
def case(request: pytest.FixtureRequest) -> str:
    """The name of a configuration under contract."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def link(case: str, seed: Seed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A running link with everybody registered."""
    with simulator(CASES[case], seed, tmp_path_factory.mktemp("link")) as running:
        running.registered()
        yield running


@pytest.fixture
def start(seed: Seed, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts a simulator with faults for one test."""
    with ExitStack() as stack:
        yield lambda config, *options: stack.enter_context(simulator(config, seed, tmp_path, *options))
