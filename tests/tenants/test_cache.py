"""What comes out of the cache's server: values, never code."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.cache.backends.redis import RedisCache

from config.settings.base import cache_settings
from tenants.core.cache import JsonSerializer, scoped_key
from tests.platform.config.test_settings import start
from tests.support.broker import own_broker
from tests.support.management_checks import PRODUCTION


class Planted:
    """Unpickled, it makes a folder: what an attacker would do with a command of his own."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.folder,)


@pytest.fixture
def url() -> Iterator[str]:
    with own_broker("cache") as server:
        yield server.url


@pytest.fixture
def cache(url: str) -> Iterator[RedisCache]:
    entry = cache_settings(url)
    cache = RedisCache(entry["LOCATION"], {"OPTIONS": entry["OPTIONS"], "KEY_FUNCTION": scoped_key})
    yield cache
    cache.close()


def test_a_pickle_in_the_cache_is_ignored_and_never_run(
    cache: RedisCache, url: str, tmp_path: Path, database: None, caplog: pytest.LogCaptureFixture
) -> None:
    cache.set("mark", "ours")
    with redis.Redis.from_url(url) as attacker:
        (key,) = attacker.keys()
        attacker.set(key, pickle.dumps(Planted(tmp_path / "owned")))
    assert cache.get("mark") is None
    assert not (tmp_path / "owned").exists()
    assert "not JSON" in caplog.text


@pytest.mark.parametrize("value", ["値", 7, 1.5, True, None, ["a", {"b": 1}]])
def test_plain_values_come_back(value: object) -> None:
    serializer = JsonSerializer()
    written = serializer.dumps(value)
    assert serializer.loads(str(written).encode() if isinstance(written, int) else written) == value


def test_what_json_cannot_hold_is_refused_when_written() -> None:
    with pytest.raises(TypeError):
        JsonSerializer().dumps(object())


def test_production_takes_no_pickle_from_anywhere() -> None:
    done = start(
        PRODUCTION,
        "import django; django.setup(); from django.core.cache import cache; from config.celery import app;"
        "print(type(cache._cache._serializer).__name__, app.conf.accept_content, app.conf.task_serializer,"
        " app.conf.result_serializer, app.conf.worker_enable_remote_control)",
    )
    assert done.stdout.split("\n")[-2] == "JsonSerializer ['json'] json json False", done.stderr
