"""Talking to the peer's process: one request, one answer, while our side waits."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[3]
WAYS = ("situations", "arrays", "all at once")
"""One household at a time from dictionaries, one at a time from arrays, all of them together (vectorised)."""


class PeerProcess:
    """A started peer; `version` is that of its openfisca-core."""

    def __init__(self, process: subprocess.Popen[str], figures: dict[str, Any], homes: list[dict[str, Any]]) -> None:
        self._process = process
        self.version: str = self._ask({"figures": figures, "households": homes})

    def seconds(self, way: str, count: int) -> float:
        return float(self._ask({"act": way, "count": count}))

    def results(self) -> dict[str, list[list[int]]]:
        """[収入額, 需要額, 支弁区分] of every household, for each way of calculating."""
        found: dict[str, list[list[int]]] = self._ask({"act": "results"})
        return found

    def _ask(self, request: dict[str, Any]) -> Any:
        requests, answers = _pipes(self._process)
        requests.write(json.dumps(request) + "\n")
        requests.flush()
        answer = answers.readline()
        if not answer:
            raise RuntimeError("the peer's process ended; what it said stands above")
        return json.loads(answer)


@contextmanager
def started(python: Path, figures: dict[str, Any], homes: list[dict[str, Any]]) -> Iterator[PeerProcess]:
    """A peer that knows these figures and households; ended with the block."""
    process = subprocess.Popen(
        [str(python), "-m", "ops.bench.peer.serve"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", "")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield PeerProcess(process, figures, homes)
    finally:
        _pipes(process)[0].close()
        process.wait(timeout=30)


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None  # noqa: S101 - both were asked for
    assert process.stdout is not None  # noqa: S101
    return process.stdin, process.stdout
