"""Kinds of job for the tests, and being inside a prefecture for real (committed, cleaned up afterwards)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

Run = Callable[[Any], None]


@pytest.fixture(autouse=True)
def kept_connections_closed() -> Iterator[None]:
    from audit.trail import connections

    yield
    connections.close_all()


@pytest.fixture
def kind() -> Iterator[Callable[..., str]]:
    """Register a function as a kind of job for this test: kind(run, retry_on=(…,)) → its name."""
    from jobs import registry

    before = dict(registry._kinds)
    number = iter(range(1000))

    def register(run: Run, **options: Any) -> str:
        name = f"tests.kind{next(number)}"
        registry.job_kind(name, options.pop("title", "試験の処理"), **options)(run)
        return name

    yield register
    registry._kinds.clear()
    registry._kinds.update(before)


@pytest.fixture
def really_in_a(database: None) -> Iterator[Any]:
    """Inside サンプル甲県 with every change committed; its jobs and outbox are emptied at the end."""
    from audit.trail import relay
    from jobs.models import Job
    from tenants.core.context import prefecture_context
    from tenants.core.models import Prefecture

    prefecture = Prefecture.objects.get(slug="kou")
    with prefecture_context(prefecture):
        yield prefecture
        Job.objects.all().delete()
    relay.relay_schema(prefecture.schema_name, prefecture.code)
