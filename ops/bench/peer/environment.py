"""The peer's own virtual environment: made here when it is not there yet, never mixed with ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = "openfisca-core"
SECONDS_TO_INSTALL = 600


class PeerUnavailable(Exception):
    """`bench.peer-unavailable`: the peer could not be installed or run, so there is no ratio; ours is measured alone."""

    identifier = "bench.peer-unavailable"


def peer_python(folder: Path, package: str = PACKAGE) -> Path:
    """The Python of the environment in `folder`, with the peer installed. Raises PeerUnavailable (no network, say)."""
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if ready.exists() and python.exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(folder)], "its virtual environment could not be made")
    _run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package],
        f"`pip install {package}` failed (is there a network?)",
    )
    ready.touch()
    return python


def _run(command: list[str], problem: str) -> None:
    """What pip says is not repeated: it may name addresses of this machine's own set-up."""
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS_TO_INSTALL)
    except (OSError, subprocess.SubprocessError) as error:
        raise PeerUnavailable(problem) from error
