"""A broker of a test's own, gone with everything in it at the end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from ops.embedded.place import find, forget
from ops.embedded.valkey import ValkeyServer
from tests.support.cluster import FOLDER


@contextmanager
def own_broker(name: str) -> Iterator[ValkeyServer]:
    """`name`: of its folder, no two of one worker's at a time alike."""
    folder = FOLDER / f"{name}-{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    server = ValkeyServer(find(folder), password="broker-of-the-suite")
    server.start()
    try:
        yield server
    finally:
        server.stop()
        forget(folder)
        shutil.rmtree(folder, ignore_errors=True)
