"""Python's search for unreachable cycles, put off while a piece of long work makes many objects that it needs."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG, _MIDDLE, _OLD = 20_000, 10, 5
"""After so many new objects, so many searches among those, so many among the middle ones: the next older are searched."""


def set_aside() -> None:
    """What a process has made until now stays to its end: no search for garbage walks over it again, and fewer are made.

    For a worker before its first job. A search over the 190,000 objects of a started worker takes 100 ms; it took half of the
    time of reading what 支給明細書 and 個人別支給台帳 print (0.9 ms a pupil with it, 0.5 without).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


@contextmanager
def no_collecting() -> Iterator[None]:
    """No cyclic garbage collection inside (a search for garbage where there is none costs a fifth of a computation).

    For one piece of some hundred households, whose memory is small; not for a whole job.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
