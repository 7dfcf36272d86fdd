from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jobs import registry

Kind = Callable[..., str]


def test_a_kind_is_found_by_its_name(kind: Kind) -> None:
    name = kind(lambda handle: None, title="照会の送信", queue="owner", max_failures=2)
    found = registry.kind_named(name)
    assert (found.title, found.queue, found.max_failures) == ("照会の送信", "owner", 2)


def test_two_rooms_cannot_name_the_same_kind(kind: Kind) -> None:
    name = kind(lambda handle: None)

    def elsewhere(handle: Any) -> None:
        """Another room's function."""

    elsewhere.__module__ = "domain.elsewhere.tasks"
    with pytest.raises(ValueError, match="two rooms"):
        registry.job_kind(name, "別の処理")(elsewhere)


def test_reading_a_room_twice_is_no_conflict(kind: Kind) -> None:
    def run(handle: Any) -> None:
        """Some work."""

    registry.job_kind("tests.twice", "二度")(run)
    registry.job_kind("tests.twice", "二度")(run)
    assert registry.kind_named("tests.twice").run is run
