"""Start a simulator.  Prints one JSON line when it is ready; ends on SIGTERM, Ctrl-C, or with its parent if asked to."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from integrations.atena_adapters.simulator.clock import Clock
from integrations.atena_adapters.simulator.conduct import Conduct, conduct_of
from integrations.atena_adapters.simulator.faults import Faults
from integrations.atena_adapters.simulator.ledger import Ledger
from integrations.atena_adapters.simulator.network import Network
from integrations.atena_adapters.simulator.office import Office
from integrations.atena_adapters.simulator.options import parser
from integrations.atena_adapters.simulator.population import read_population
from integrations.atena_adapters.simulator.profile import Profile, load
from integrations.atena_adapters.simulator.serving.control import Control
from integrations.atena_adapters.simulator.serving.web import Server, serve
from integrations.atena_adapters.simulator.sides import side_for
from integrations.sealed_file import read_key_file

_PARENT_STEP = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to stop."""
    options = parser().parse_args(arguments)
    stop = threading.Event()
    stop_when_told(stop)
    if options.with_parent:
        threading.Thread(target=_follow, args=(os.getppid(), stop), daemon=True).start()
    os.umask(0o077)
    profile = load(options.profile)
    office = office_of(profile, options)
    side = side_for(profile, office, options, state_of(options))
    with ExitStack() as stack:
        facts = side.open()
        stack.callback(side.close)
        if options.control_port is not None:
            facts["control_port"] = _control(stack, office, options)
        _say({"ready": True} | facts)
        side.run(stop)
    return 0


def _control(stack: ExitStack, office: Office, options: argparse.Namespace) -> int:
    """The page, on a port of its own."""
    control = Control(office, f"構成 {Path(options.profile).stem}")
    return serve(stack, Server(options.control_port, control.reply))


def office_of(profile: Profile, options: argparse.Namespace) -> Office:
    """The counter that the options describe."""
    key = read_key_file(options.key_file)
    people = read_population(options.population, key, tenant=options.tenant)
    conduct: Conduct = conduct_of(options)
    ledger = Ledger(key, state_of(options))
    network = Network(people.values(), conduct, ledger.person)
    return Office(profile.form, ledger, network, Faults(conduct.faults), conduct, Clock(options.clock))


def state_of(options: argparse.Namespace) -> Path | None:
    """Where its own database lies; None for memory."""
    place: Path | None = options.folder or options.medium
    state: Path | None = options.state
    return state or (place / ".simulator" if place else None)


def stop_when_told(stop: threading.Event) -> None:
    """SIGTERM and Ctrl-C set `stop`; to be called before any thread is started.

    A thread waits for the signals. A handler would run in the main thread, which holds the lock of `stop` for a moment at
    each look at it, and would then wait for itself.
    """
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)

    def wait() -> None:
        signal.sigwait(signals)
        stop.set()

    threading.Thread(target=wait, daemon=True).start()


def _follow(parent: int, stop: threading.Event) -> None:
    """End when the parent has ended."""
    while not stop.wait(_PARENT_STEP):
        if os.getppid() != parent:
            stop.set()


def _say(fact: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
