"""One small demo, run once for all tests that look at a whole year or at real pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.e2e import backstage
from tests.e2e.people import Codes, People, Sessions, chromium
from tests.support.browser_setup import FONT, PACKAGES
from tests.support.demo_run import DemoRun, demo_run


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers come last: their people change what the demo left, and tests of the demo itself compare it."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def demo() -> Iterator[DemoRun]:
    """A finished small demo with its servers still running and its pages served."""
    with demo_run("calm") as run:
        run.finish(run.start())
        run.serve()
        yield run


@pytest.fixture(scope="session")
def workers(demo: DemoRun) -> None:
    """Whoever asks for this finds workers, beat and one simulator at work; the demo itself had ended them."""
    backstage.start_work(demo)


@pytest.fixture(scope="session")
def sessions(demo: DemoRun) -> Sessions:
    return Sessions(demo, Codes(demo))


@pytest.fixture(scope="module")
def house(sessions: Sessions) -> Iterator[People]:
    """The browser of one module. It is not kept longer: its event loop would forbid Django's queries in this worker."""
    program = shutil.which("chromium")
    if program is None or not FONT.exists():
        pytest.skip(
            f"Debian's {' and '.join(PACKAGES)} are needed for browser tests: apt-get install {' '.join(PACKAGES)}"
        )
    with chromium(program) as browser:
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
