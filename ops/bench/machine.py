"""The machine a figure was measured on: what matters for speed, nothing that names it."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path


def machine() -> dict[str, str]:
    """Processor, cores, memory, Python."""
    return {
        "Processor": _field(Path("/proc/cpuinfo"), r"model name\s*:\s*(.+)") or platform.machine(),
        "Cores": str(len(os.sched_getaffinity(0))),
        "Memory": _memory(),
        "System": platform.system(),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def _memory() -> str:
    kibibytes = _field(Path("/proc/meminfo"), r"MemTotal:\s*(\d+) kB")
    return f"{int(kibibytes) / 1024 / 1024:.0f} GiB" if kibibytes else "unknown"


def _field(path: Path, pattern: str) -> str:
    found = re.search(pattern, path.read_text()) if path.exists() else None
    return found.group(1).strip() if found else ""
