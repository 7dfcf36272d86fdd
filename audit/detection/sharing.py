"""What one sweep finds out once for everybody it asks about: thresholds, the office's habits, to which household a record belongs.

Only inside `shared()`, which lasts for one sweep of one prefecture: nothing outlives it, so nothing gets old.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Found = TypeVar("Found")

_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("watch_shared", default=None)


@contextmanager
def shared() -> Iterator[None]:
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(key: Hashable, find: Callable[[], Found]) -> Found:
    """What `find` gives; inside `shared()` it is asked for a key the first time only. Whoever is given it changes nothing in it
    that another must not see."""
    kept = _kept.get()
    if kept is None:
        return find()
    if key not in kept:
        kept[key] = find()
    found: Found = kept[key]
    return found
