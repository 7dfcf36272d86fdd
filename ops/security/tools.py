"""The scanners' own virtual environments below var/security: made when they are not there, never mixed with ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ops.security.findings import ROOT

FOLDER = ROOT / "var" / "security"
SECONDS_TO_INSTALL = 900
TOOLS = {
    "tools": ("bandit==1.9.4", "semgrep==1.182.0", "detect-secrets==1.5.0"),
    # In one environment with others, pip falls back to a wapiti that does not start.
    "wapiti": ("wapiti3==3.2.3",),
    # Only for advisories that come as YAML; those of osv.dev are JSON and need nothing.
    "advisories": ("PyYAML==6.0.3",),
}


class ToolUnavailable(Exception):
    """`security.tool-unavailable`: a scanner could not be installed. Nothing was checked with it, so nothing passed."""

    identifier = "security.tool-unavailable"


def program(place: str, name: str) -> Path:
    """A scanner's command. Raises ToolUnavailable (no network, say)."""
    folder = FOLDER / place
    ready = folder / "ready"
    wanted = "\n".join(TOOLS[place])
    if not ready.exists() or ready.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(folder)], f"{place}: no virtual environment")
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, *TOOLS[place]], f"pip install {' '.join(TOOLS[place])} failed (is there a network?)")
        ready.write_text(wanted, encoding="utf-8")
    return folder / "bin" / name


def output_of(command: list[str], *, seconds: int = 900, cwd: Path = ROOT) -> str:
    """What a scanner prints. It runs without telling anybody (semgrep's metrics and version check are off)."""
    quiet = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **quiet}, capture_output=True, text=True, timeout=seconds, check=False
    )
    return done.stdout


def _run(command: list[str], problem: str) -> None:
    """What pip says is not repeated: it may name addresses of this machine's own set-up."""
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS_TO_INSTALL)
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolUnavailable(problem) from error
