"""Chooses the port and the database names of this run before Django reads its settings, and shares out the tests of a run.

Starts nothing yet.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from ops.embedded.ports import free_port
from tests.support.units import Units, rank_of

ROOT = Path(__file__).resolve().parents[2]

for _folder in (ROOT / "platform", ROOT):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

for _name in [name for name in os.environ if name.startswith("SHOREI_")]:
    del os.environ[_name]

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
if "TESTS_RUN" not in os.environ:
    os.environ["TESTS_RUN"] = f"run-{os.getpid()}"
    os.environ["TESTS_POSTGRES_PORT"] = str(free_port(Path("/nonexistent")))
os.environ["TESTS_DATABASE"] = f"tst_{_worker}"
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
# A run starts some hundred processes: each would compile 700 modules anew where nothing compiled is kept.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


gc.disable()  # while thousands of tests are collected there is nothing to find; looking for it was a third of the time


def pytest_collection_finish() -> None:
    """From here on as ever, without looking through again and again what stays to the end anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # every 700 new objects, as ever, was a thirtieth of the run
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Units:
    return Units(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, None, None]:
    """After everybody else has ordered them: long units first. The workers then hand in the same order."""
    yield
    items.sort(key=lambda item: rank_of(item.nodeid))
