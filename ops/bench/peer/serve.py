"""`python -m ops.bench.peer.serve`, run by the peer's own Python: one JSON request a line, one JSON answer a line."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from ops.bench.peer.process import WAYS
from ops.bench.peer.system import Home, arrays_of, build_system, from_arrays, from_situation, situation_of


class Peer:
    """Holds the system and the households, in each form they are given, between requests."""

    def __init__(self, figures: Mapping[str, Any], homes: Sequence[Home]) -> None:
        self.system = build_system(figures)
        self.forms: Mapping[str, Sequence[Any]] = {
            "situations": [situation_of(home) for home in homes],
            "arrays": [arrays_of([home]) for home in homes],
            "all at once": [arrays_of(homes)],
        }

    def seconds(self, way: str, count: int) -> float:
        """Wall clock of calculating the first `count` forms; making the forms is not measured."""
        calculate = from_situation if way == "situations" else from_arrays
        forms = self.forms[way][:count]
        began = time.perf_counter()
        for form in forms:
            calculate(self.system, form)
        return time.perf_counter() - began

    def results(self, way: str) -> list[list[int]]:
        """[収入額, 需要額, 支弁区分] of every household."""
        calculate = from_situation if way == "situations" else from_arrays
        rows: Iterable[Any] = (
            row for form in self.forms[way] for row in zip(*calculate(self.system, form), strict=True)
        )
        return [[int(value) for value in row] for row in rows]


def main() -> None:
    first = json.loads(sys.stdin.readline())
    peer = Peer(first["figures"], first["households"])
    _say(version("openfisca-core"))
    for line in sys.stdin:
        request = json.loads(line)
        if request["act"] == "results":
            _say({way: peer.results(way) for way in WAYS})
        else:
            _say(peer.seconds(request["act"], request["count"]))


def _say(answer: object) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
