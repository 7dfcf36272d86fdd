"""The bench's own servers: started empty, one sample prefecture laid out, measured in, removed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ops.embedded.place import forget
from ops.embedded.servers import servers_of

ROOT = Path(__file__).resolve().parents[3]


class MeasuringFailed(Exception):
    """`bench.measuring-failed`: the process that measures ended with an error; what it said stands above."""

    identifier = "bench.measuring-failed"


@contextmanager
def own_servers(var: Path, *layout: str) -> Iterator[None]:
    """PostgreSQL and Valkey under `var`, durable as in service, with empty sample prefectures. Gone with the block.

    `layout`: the module that lays them out, with its arguments; left out, one prefecture.
    """
    _remove(var)
    var.mkdir(parents=True)
    servers = servers_of(var)
    servers.start()
    try:
        run_module(var, *(layout or ("ops.bench.database.layout",)))
        yield
    finally:
        servers.stop()
        _remove(var)


def run_module(var: Path, module: str, *arguments: str) -> str:
    """Standard output of `python -m module`, run against these servers. Raises MeasuringFailed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SHOREI_")}
    environment |= {"SHOREI_VAR": str(var), "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")])}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )  # fmt: skip
    if done.returncode:
        raise MeasuringFailed(module)
    return done.stdout


def answer_of(output: str) -> Any:
    """The last line of a measuring process: its figures as JSON."""
    return json.loads(output.strip().splitlines()[-1])


def _remove(var: Path) -> None:
    if var.exists():
        servers_of(var).stop()
        forget(var)
        shutil.rmtree(var)
