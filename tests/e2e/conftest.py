"""One small demo, run once for all tests that look at a whole year or at real pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e import backstage
from tests.e2e.people import Codes, People, Sessions
from tests.support.browser import chromium, chromium_program
from tests.support.demo_run import DemoRun, demo_run, only_one_a_run


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers come last: their people change what the demo left, and tests of the demo itself compare it."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def demo() -> Iterator[DemoRun]:
    """A finished small demo with its servers still running and its pages served. One for all: a second worker would fail here."""
    with only_one_a_run("demo"), demo_run("calm") as run:
        run.finish(run.start())
        run.serve()
        yield run


@pytest.fixture(scope="session")
def browser_program() -> str:
    """Where chromium is; without it (or Japanese letters) browser tests say what to install, before any demo is run."""
    return chromium_program()


@pytest.fixture(scope="session")
def workers(browser_program: str, demo: DemoRun) -> None:
    """Whoever asks for this finds workers, beat and one simulator at work; the demo itself had ended them."""
    backstage.start_work(demo)


@pytest.fixture(scope="session")
def sessions(browser_program: str, demo: DemoRun) -> Sessions:
    return Sessions(demo, Codes(demo))


@pytest.fixture(scope="module")
def house(browser_program: str, sessions: Sessions) -> Iterator[People]:
    """The browser of one module. It is not kept longer: its event loop would forbid Django's queries in this worker."""
    with chromium(browser_program) as browser:
        people = People(browser, sessions)
        yield people
        people.close()


@pytest.fixture
def people(house: People) -> Iterator[People]:
    """People before a browser that must not complain about anything during the test."""
    house.complaints.clear()
    yield house
    house.close_pages()
    assert house.complaints == []
