"""Workers, broker and web server killed at random while the year runs: the same summary comes out."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time

import pytest

from ops.demo.processes import Processes
from ops.demo.workers import start_workers
from ops.embedded.servers import servers_of
from tests.support.demo_run import DemoRun, demo_run

pytestmark = [pytest.mark.slow]

KILLS = 12
VICTIMS = ("worker", "worker", "exchange", "exchange", "upkeep", "watch", "beat", "broker", "web")


def test_the_same_summary_after_killing_at_random(demo: DemoRun, monkeypatch: pytest.MonkeyPatch) -> None:
    with demo_run("killed") as run:
        for name, value in run.environment.items():
            if name.startswith(("SHOREI_", "PYTHONPATH")):
                monkeypatch.setenv(name, value)
        process = run.start()
        killed = kill_at_random(run, process.poll, random.Random(20250401))  # noqa: S311 - whom to kill, no secret
        assert len(killed) >= KILLS // 2, killed
        assert {"worker", "broker"} <= set(killed)
        assert run.finish(process) == demo.summary()


def kill_at_random(run: DemoRun, ended: object, chance: random.Random) -> list[str]:
    """Kill and start again until the demo ends or KILLS are reached; returns who was killed."""
    processes = Processes(run.var)
    killed: list[str] = []
    while not processes.pid("worker"):
        assert ended() is None, run.printed()[-2000:]  # type: ignore[operator]
        time.sleep(0.2)
    order = [*VICTIMS, *chance.choices(VICTIMS, k=KILLS)][:KILLS]
    chance.shuffle(order)
    for victim in order:
        time.sleep(chance.uniform(0.5, 2.0))
        if ended() is not None:  # type: ignore[operator]
            break
        if kill(run, processes, victim):
            killed.append(victim)
        time.sleep(chance.uniform(0.1, 1.0))
        revive(run, processes)
    revive(run, processes)
    return killed


def kill(run: DemoRun, processes: Processes, victim: str) -> bool:
    if victim == "broker":
        pid = int((servers_of(run.var).valkey.place.home / "valkey" / "valkey.pid").read_text())
    elif victim == "web":
        if run.web is None:
            run.serve()
        assert run.web is not None
        pid = run.web.pid
    else:
        found = processes.pid(victim)
        if found is None:
            return False
        pid = found
    with contextlib.suppress(ProcessLookupError):
        if victim in ("broker", "web"):
            os.kill(pid, signal.SIGKILL)
        else:
            os.killpg(pid, signal.SIGKILL)
        return True
    return False


def revive(run: DemoRun, processes: Processes) -> None:
    """What a service manager would do."""
    servers_of(run.var).valkey.start()
    start_workers(processes)
    if run.web is not None and run.web.poll() is not None:
        run.serve()
