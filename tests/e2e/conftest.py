"""One small demo, run once for all tests that look at a whole year or at real pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.demo_run import DemoRun, demo_run


@pytest.fixture(scope="session")
def demo() -> Iterator[DemoRun]:
    """A finished small demo with its servers still running and its pages served."""
    with demo_run("calm") as run:
        run.finish(run.start())
        run.serve()
        yield run
