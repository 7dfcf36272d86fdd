"""A disk without room: a small tmpfs mounted over a folder; where nobody may mount, the operating system's call refuses."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

FULL_FOR = {
    "folder": ("nr_inodes=1", ("mkdir", "open")),
    "file": ("nr_inodes=4", ("open",)),
    "content": ("size=4k", ("fsync",)),
}
"""What there is no room for: the mount option that makes it so, and the calls that then fail. A path takes three folders."""


@contextmanager
def full_disk(folder: Path, lacking: str) -> Iterator[None]:
    option, calls = FULL_FOR[lacking]
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", option, "none", folder], capture_output=True, check=False)
    if mounted.returncode == 0:
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", folder], check=True)
        return

    with ExitStack() as patches:
        for call in calls:
            patches.enter_context(patch.object(os, call, _refusing(getattr(os, call), folder)))
        yield


def _refusing(call: Callable[..., Any], folder: Path) -> Callable[..., Any]:
    def refuse(target: Any, *rest: Any, **named: Any) -> Any:
        if isinstance(target, int) or str(target).startswith(f"{folder}/"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return call(target, *rest, **named)

    return refuse
