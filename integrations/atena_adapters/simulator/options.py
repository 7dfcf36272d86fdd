"""The command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from integrations.atena_adapters.simulator.faults import Fault
from integrations.atena_adapters.simulator.hours import TIMINGS
from integrations.atena_adapters.simulator.population import TENANT


def parser() -> argparse.ArgumentParser:
    """All options of `python -m integrations.atena_adapters.simulator`."""
    description = "Start a simulator.  Prints one JSON line when it is ready; ends on SIGTERM or Ctrl-C."
    found = argparse.ArgumentParser(prog="python -m integrations.atena_adapters.simulator", description=description)
    _places(found)
    _people(found)
    _times(found)
    names = ", ".join(fault.value for fault in Fault)
    found.add_argument("--fault", action="append", default=[], help=f"name[@kind][:times or :*] of {names}")
    found.add_argument("--control-port", type=int, help="loopback port of the page and the control, 0 for a free one")
    found.add_argument("--with-parent", action="store_true", help="end when the process that started this one ends")
    return found


def _places(found: argparse.ArgumentParser) -> None:
    found.add_argument("--profile", default="nara", help="a preset's name, or a TOML or JSON file with a configuration")
    place = found.add_mutually_exclusive_group(required=True)
    place.add_argument("--http-port", type=int, help="loopback port, 0 for a free one; also stands in for the terminal")
    place.add_argument("--folder", type=Path, help="the exchange folder; its places are made when missing")
    place.add_argument("--sftp-port", type=int, help="loopback port of an SFTP server, 0 for a free one")
    place.add_argument("--database", help="connection string of a PostgreSQL database in which it may make the schema")
    place.add_argument("--medium", type=Path, help="the folder that stands for the medium")
    found.add_argument("--download-port", type=int, default=0, help="loopback port of downloads (answers by URL)")
    found.add_argument("--sftp-root", type=Path, help="folder behind the SFTP server (default: in the state folder)")
    found.add_argument("--authorized-key", type=Path, help="public key that may log in over SFTP")
    found.add_argument("--state", type=Path, help="folder of its own database (default: inside the exchange folder)")


def _people(found: argparse.ArgumentParser) -> None:
    found.add_argument("--population", type=Path, required=True, help="sealed file of people")
    found.add_argument("--key-file", type=Path, required=True, help="key of the population and of the hashes")
    found.add_argument("--tenant", default=TENANT, help="the tenant the population was sealed for")
    found.add_argument("--token-file", type=Path, help="the only accepted secret; without it any is accepted")


def _times(found: argparse.ArgumentParser) -> None:
    found.add_argument("--conduct", type=Path, help="TOML or JSON file: how this tenant's other side behaves")
    found.add_argument("--clock", type=Path, help="file that holds the clock; may be shared by several simulators")
    found.add_argument("--delay", type=float, help="seconds until answers (0.3)")
    found.add_argument("--late", type=float, help="seconds until the answers of late people (1.5)")
    found.add_argument("--release", type=float, help="seconds until held answers are released (default: never)")
    found.add_argument("--timing", choices=TIMINGS, help="when answers fall due (delay)")
    found.add_argument("--linkage-hours", type=float, help="hours until a 符号 is there (0)")
    found.add_argument("--token-seconds", type=float, help="life of an OAuth token (300)")
    found.add_argument("--skew", type=float, help="seconds by which its clock is wrong (0)")
    found.add_argument("--step", type=float, default=0.1, help="seconds between two looks into folders and tables")
    found.add_argument("--stall", type=float, default=3.0, help="seconds that the fault timeout waits")
