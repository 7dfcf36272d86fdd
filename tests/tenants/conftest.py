"""Two prefectures with one record of every kind in the first: what the isolation probes look at."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tenants.isolation_probe import World, urls_of
from tests.tenants.isolation_world import objects_of_a, objects_of_console


@pytest.fixture
def world(prefecture_a: Any, prefecture_b: Any) -> World:
    from tenants.core.context import console_context, prefecture_context

    with prefecture_context(prefecture_a):
        samples = objects_of_a()
    with console_context():
        of_console = objects_of_console(prefecture_a)
    return World(prefecture_a, prefecture_b, samples, urls_of("tenant", samples), urls_of("console", of_console))
