"""The machine a figure was measured on: what matters for speed, nothing that names it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path

from ops.embedded.place import find


def machine(var: Path) -> dict[str, str]:
    """Processor, cores, memory, Python, PostgreSQL. `var`: where the bench's servers live."""
    return {
        "Processor": _field(Path("/proc/cpuinfo"), r"model name\s*:\s*(.+)") or platform.machine(),
        "Cores": str(len(os.sched_getaffinity(0))),
        "Memory": _memory(),
        "System": platform.system(),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "PostgreSQL": _postgresql(find(var).postgres_bin / "postgres"),
    }


def _postgresql(program: Path) -> str:
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[-1]


def _memory() -> str:
    kibibytes = _field(Path("/proc/meminfo"), r"MemTotal:\s*(\d+) kB")
    return f"{int(kibibytes) / 1024 / 1024:.0f} GiB" if kibibytes else "unknown"


def _field(path: Path, pattern: str) -> str:
    found = re.search(pattern, path.read_text()) if path.exists() else None
    return found.group(1).strip() if found else ""
