"""The end of a process that a test has started."""

from __future__ import annotations

import subprocess
from typing import Any


def ended(process: subprocess.Popen[Any], seconds: float = 10) -> None:
    """Tell it to end. Raises TimeoutExpired when it does not, having made it."""
    process.terminate()
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        made_to_end(process)
        raise


def made_to_end(process: subprocess.Popen[Any]) -> None:
    """Without mercy: one that lives on would fail a later test that has nothing to do with it."""
    process.kill()
    process.communicate()
