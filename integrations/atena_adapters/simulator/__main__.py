"""Start a simulator.  Prints one JSON line when it is ready; ends on SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from integrations.atena_adapters.config import AdapterConfig, FolderTransport, HttpTransport
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.presets import preset, preset_names, relocated
from integrations.atena_adapters.simulator.faults import Fault, Faults
from integrations.atena_adapters.simulator.folder_watcher import FolderWatcher
from integrations.atena_adapters.simulator.http_server import Counter, make_server
from integrations.atena_adapters.simulator.ledger import Ledger
from integrations.atena_adapters.simulator.network import Network
from integrations.atena_adapters.simulator.office import Delays, Office
from integrations.atena_adapters.simulator.population import TENANT, read_population
from integrations.sealed_file import read_key_file


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to stop."""
    options = _parser().parse_args(arguments)
    config = relocated(_profile(options.profile), folder=str(options.folder.resolve()) if options.folder else "")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    faults = Faults(options.fault)
    office = _office(config, options, faults)
    if isinstance(config.transport, FolderTransport):
        watcher = FolderWatcher(config.transport, office, faults, step=options.step)
        _say({"ready": True, "folder": config.transport.folder})
        watcher.run(stop)
    elif isinstance(config.transport, HttpTransport):
        token = options.token_file.read_text().strip() if options.token_file else ""
        counter = Counter(config.transport, config.workflow, office, faults, token, options.stall)
        _serve(counter, options.http_port, stop)
    return 0


def _serve(counter: Counter, port: int, stop: threading.Event) -> None:
    server = make_server(port, counter)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    _say({"ready": True, "port": server.server_address[1]})
    stop.wait()
    server.shutdown()
    server.server_close()


def _office(config: AdapterConfig, options: argparse.Namespace, faults: Faults) -> Office:
    key = read_key_file(options.key_file)
    people = read_population(options.population, key, tenant=options.tenant)
    folder = options.state or (options.folder / ".simulator" if options.folder else None)
    delays = Delays(options.delay, options.late, options.release)
    return Office(build_dialect(config.dialect), Ledger(key, folder), Network(people), faults, delays)


def _profile(name: str) -> AdapterConfig:
    """A preset by name, or a configuration from a JSON file."""
    if name in preset_names():
        return preset(name)
    return AdapterConfig.model_validate_json(Path(name).read_text())


def _say(fact: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m integrations.atena_adapters.simulator", description=main.__doc__)
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--http-port", type=int, help="loopback port, 0 for a free one")
    place.add_argument("--folder", type=Path, help="the exchange folder; its places are made when missing")
    parser.add_argument("--profile", default="nara", help="a preset's name, or a JSON file with a configuration")
    parser.add_argument("--population", type=Path, required=True, help="sealed file of people")
    parser.add_argument("--key-file", type=Path, required=True, help="key of the population and of the state")
    parser.add_argument("--tenant", default=TENANT, help="the tenant the population was sealed for")
    parser.add_argument("--token-file", type=Path, help="the only accepted credential; without it any is accepted")
    parser.add_argument("--state", type=Path, help="folder for sealed state (default: inside the exchange folder)")
    parser.add_argument("--delay", type=float, default=0.3, help="seconds until answers")
    parser.add_argument("--late", type=float, default=1.5, help="seconds until the answers of late people")
    parser.add_argument("--release", type=float, help="seconds until held answers are released (default: never)")
    parser.add_argument("--step", type=float, default=0.1, help="seconds between two looks into the folder")
    parser.add_argument("--stall", type=float, default=3.0, help="seconds that the fault timeout waits")
    names = ", ".join(fault.value for fault in Fault)
    parser.add_argument("--fault", action="append", default=[], help=f"name[@kind][:times or :*] of {names}")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
