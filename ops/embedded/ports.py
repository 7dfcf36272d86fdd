"""Free loopback ports, remembered in a file so that a restarted server keeps its address."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path


def free_port(remembered: Path) -> int:
    """The remembered port when it is still free, else one that the system picks."""
    if remembered.exists() and _is_free(read_port(remembered)):
        return read_port(remembered)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def read_port(path: Path) -> int:
    return int(path.read_text())


def write_port(path: Path, port: int) -> None:
    path.write_text(str(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False
