"""The simulator in this process, one round at a time: for tests that look into it or stop it between two steps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from integrations.atena_adapters.simulator.__main__ import office_of, state_of
from integrations.atena_adapters.simulator.options import parser
from integrations.atena_adapters.simulator.profile import load
from integrations.atena_adapters.simulator.sides import side_for
from tests.integrations.atena_adapters.support import Seed


class Once(threading.Event):
    """Lets a side look once, then tells it to stop."""

    looked = False

    def wait(self, timeout: float | None = None) -> bool:
        """Not yet the first time, stopped ever after."""
        self.looked, before = True, self.looked
        return before


@contextmanager
def inside(profile: Path, seed: Seed, *options: str) -> Iterator[dict[str, Any]]:
    """What a process would say when it is ready, with `office`, `side` and `look` (one round) besides."""
    given = ("--population", str(seed.population), "--key-file", str(seed.key_file), "--delay", "0", "--late", "0")
    chosen = parser().parse_args(["--profile", str(profile), *given, *options])
    read = load(str(profile))
    office = office_of(read, chosen)
    side = side_for(read, office, chosen, state_of(chosen))
    facts = side.open()
    try:
        yield facts | {"office": office, "side": side, "look": lambda: side.run(Once())}
    finally:
        side.close()
        office.ledger.close()
