"""Fixtures of the whole suite: the database of this worker, the two prefectures, and being inside one of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ops.embedded.postgres import PostgresServer
from tests.support import cluster
from tests.support.rollback import rolled_back


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """The PostgreSQL copy of this run; with several workers the first one starts it and the last one stops it."""
    run = cluster.FOLDER / os.environ["TESTS_RUN"]
    with cluster.shared_by_workers(run) as server:
        yield server


@pytest.fixture(scope="session")
def database(postgres: PostgresServer, django_db_blocker: Any) -> Iterator[None]:
    """This worker's own databases, with Django allowed to use them."""
    cluster.copy_databases(postgres, os.environ["TESTS_DATABASE"])
    from django.db import connections

    with django_db_blocker.unblock():
        yield
        connections.close_all()


@pytest.fixture
def rollback(database: None) -> Iterator[None]:
    with rolled_back():
        yield


@pytest.fixture
def prefecture_a(rollback: None) -> Any:
    return _prefecture("kou")


@pytest.fixture
def prefecture_b(rollback: None) -> Any:
    return _prefecture("otsu")


@pytest.fixture
def in_a(prefecture_a: Any) -> Iterator[Any]:
    """Inside サンプル甲県, as its login; undone at the end."""
    yield from _inside(prefecture_a)


@pytest.fixture
def in_b(prefecture_b: Any) -> Iterator[Any]:
    yield from _inside(prefecture_b)


@pytest.fixture
def in_console(rollback: None) -> Iterator[None]:
    from tenants.core.context import console_context

    with console_context():
        yield


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path, settings: Any) -> Path:
    """Files of prefectures go to the test's own folder."""
    settings.FILES_ROOT = tmp_path / "files"
    return tmp_path / "files"


def _prefecture(slug: str) -> Any:
    from tenants.core.models import Prefecture

    return Prefecture.objects.get(slug=slug)


def _inside(prefecture: Any) -> Iterator[Any]:
    from tenants.core.context import prefecture_context

    with prefecture_context(prefecture):
        yield prefecture
