"""`python -m ops.bench.season.one`: a season of one prefecture over one link, in one process. The last line holds the figures.

Register → 符号 → inquire → collect → match → settle, then our figures against the simulator's own ledger.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ops.bench.season.prefectures import LINKS, SeasonPrefecture, one_of_each
from ops.demo.environment import set_up


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ops.bench.season.one", description=__doc__)
    parser.add_argument("--link", choices=LINKS, required=True)
    parser.add_argument("--people", type=int, required=True)
    options = parser.parse_args()
    set_up()
    (prefecture,) = (each for each in one_of_each(options.people) if each.link == options.link)
    with inside(prefecture):
        print(json.dumps(season(prefecture)))


@contextmanager
def inside(prefecture: SeasonPrefecture) -> Iterator[None]:
    """In this prefecture, as its login, acting as a command."""
    from audit.trail.actors import Actor, ActorKind, acting_as
    from tenants.core.context import prefecture_context
    from tenants.core.models import Prefecture

    with (
        prefecture_context(Prefecture.objects.get(code=prefecture.code)),
        acting_as(Actor(ActorKind.COMMAND, "bench", "計測", "計測")),
    ):
        yield


def season(prefecture: SeasonPrefecture) -> dict[str, Any]:
    """Wall clock and processor time of each act (seconds), the simulator's time, peak memory (MiB), the reconciled figures."""
    from django.conf import settings

    from domain.linkage.models import Batch
    from domain.linkage.services import put_in_force
    from ops.bench.season import acts
    from ops.bench.season.books import reconcile
    from ops.bench.season.links import other_side
    from ops.bench.season.people import make_people
    from ops.embedded.servers import servers_of

    people = make_people(prefecture.people, prefecture.number)
    place = settings.EXCHANGE_ROOT / prefecture.code
    before = peak_memory()
    with other_side(prefecture.link, place, people, servers_of(settings.VAR).postgres) as side:
        put_in_force(side.config, side.secrets)
        times = {
            "register": _timed(lambda: acts.until_done(Batch.Kind.REGISTER, acts.register, side.carry)),
        }
        put_in_force(checking(side.config), side.secrets)
        times |= {
            "codes": _timed(lambda: acts.until_done(Batch.Kind.CHECK, acts.check_codes, side.carry)),
            "approve": _timed(acts.approve),
            "inquire": _timed(lambda: acts.until_done(Batch.Kind.INQUIRE, acts.inquire, side.carry)),
            "settle": _timed(acts.settle),
        }
        figures = reconcile(side.state, codes=True)
        there = cpu_of(side.pid)
    return {"times": times, "simulator": there, "before": before, "memory": peak_memory(), "figures": figures}


def checking(config: dict[str, Any]) -> dict[str, Any]:
    """The same link, with the 符号 looked for from now on: during 付番 it was not, so that the time of each stands apart."""
    return config | {"workflow": config["workflow"] | {"checks_linkage": True}}


def peak_memory() -> float:
    """MiB of this process at its largest so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cpu_of(pid: int) -> float:
    """Processor time of another process, seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    from ops.bench.database.clocks import cpu_seconds

    cpu, wall = cpu_seconds(), time.perf_counter()
    act()
    return time.perf_counter() - wall, cpu_seconds() - cpu


if __name__ == "__main__":
    main()
