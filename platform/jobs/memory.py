"""Python's search for unreachable cycles, put off while a piece of long work makes many objects that it needs."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
