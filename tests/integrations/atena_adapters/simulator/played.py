"""The simulator as a process of its own, reached through the real adapter and transport of each reference preset."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncssh
from psycopg import sql
from pydantic import SecretStr

from integrations.atena_adapters.config import AdapterConfig, JsonDialect, MediumTransport, TerminalTransport
from integrations.atena_adapters.port import AtenaAdapter, Collection, SubmissionReceipt
from integrations.atena_adapters.registry import Bounds, build
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.transports.base import Address
from integrations.atena_adapters.transports.medium_desk import MediumDesk
from integrations.atena_adapters.transports.terminal import TerminalLink
from ops.embedded.postgres import PostgresServer
from tests.integrations.atena_adapters.support import ROOT, Keeper, Seed

SECRET = base64.b64encode(b"sample-key-of-exactly-32-bytes!!").decode()
PASSWORD = "sample-database-password"
TWO = {"who": "担当", "witness": "立会"}
_PATIENCE = 10


@dataclass
class Played:
    """A link to the simulator; `work` lets people carry or key what waits."""

    config: AdapterConfig
    adapter: AtenaAdapter
    keeper: Keeper
    facts: dict[str, Any]
    place: Path
    work: Callable[[], None] = lambda: None
    extra: dict[str, Any] = field(default_factory=dict)

    def wait(self, receipt: SubmissionReceipt, until: Callable[[Collection], bool] | None = None) -> Collection:
        """Collect until complete, or until the condition holds."""
        done = until or (lambda found: found.complete)
        deadline = time.monotonic() + _PATIENCE
        while True:
            self.work()
            if done(collection := self.adapter.collect(receipt)):
                return collection
            assert time.monotonic() < deadline, (collection.problems, collection.outcomes)
            time.sleep(0.03)


@contextmanager
def process(profile: Path, seed: Seed, *options: str) -> Iterator[dict[str, Any]]:
    """The process; what it said when it was ready."""
    started = subprocess.Popen(
        [
            sys.executable, "-m", "integrations.atena_adapters.simulator", "--profile", str(profile),
            "--population", str(seed.population), "--key-file", str(seed.key_file), "--delay", "0.05", "--late", "0.3",
            "--step", "0.02", *options,
        ],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert started.stdout is not None
        yield json.loads(started.stdout.readline()) | {"pid": started.pid}
    finally:
        started.terminate()
        started.communicate(timeout=10)


@contextmanager
def played(
    config: AdapterConfig, seed: Seed, work: Path, *options: str, server: PostgresServer | None = None
) -> Iterator[Played]:
    """The simulator behind a configuration, by the kind of its transport."""
    work.mkdir(exist_ok=True)
    kind = config.transport.kind
    opener = {"http": _http, "folder": _folder, "sftp": _sftp, "medium": _medium, "terminal": _terminal}.get(kind)
    if opener is None:
        assert server is not None
        with _database(config, seed, work, options, server) as link:
            yield link
    else:
        with opener(config, seed, work, options) as link:
            yield link


def changed(config: AdapterConfig, **transport: Any) -> AdapterConfig:
    """The configuration with other settings of the transport."""
    values = config.model_dump()
    values["transport"] |= transport
    return AdapterConfig.model_validate(values)


def _profile(config: AdapterConfig, work: Path) -> Path:
    path = work / "profile.json"
    path.write_text(config.model_dump_json())
    return path


def _token(work: Path, text: str) -> str:
    path = work / "secret"
    path.write_text(text)
    return str(path)


def _link(config: AdapterConfig, facts: dict[str, Any], place: Path, hidden: dict[str, str], **more: Any) -> Played:
    keeper = Keeper()
    wrapped = {name: SecretStr(value) for name, value in hidden.items()}
    return Played(
        config, build(config, keep=keeper, secrets=wrapped, bounds=Bounds(place)), keeper, facts, place, **more
    )


@contextmanager
def _http(config: AdapterConfig, seed: Seed, work: Path, options: tuple[str, ...]) -> Iterator[Played]:
    given = ("--http-port", "0", "--token-file", _token(work, SECRET), "--state", str(work / "state"), *options)
    with process(_profile(config, work), seed, *given) as facts:
        here = changed(config, base_url=f"http://127.0.0.1:{facts['port']}", pause_seconds=0.0)
        yield _link(here, facts, work, {"client_secret": SECRET, "token": SECRET})


@contextmanager
def _folder(config: AdapterConfig, seed: Seed, work: Path, options: tuple[str, ...]) -> Iterator[Played]:
    with process(_profile(config, work), seed, "--folder", str(work / "exchange"), *options) as facts:
        yield _link(changed(config, folder=facts["folder"]), facts, work, {})


@contextmanager
def _sftp(config: AdapterConfig, seed: Seed, work: Path, options: tuple[str, ...]) -> Iterator[Played]:
    client = asyncssh.generate_private_key("ssh-ed25519")
    public = work / "client.pub"
    public.write_bytes(client.export_public_key())
    given = ("--sftp-port", "0", "--authorized-key", str(public), "--state", str(work / "state"), *options)
    with process(_profile(config, work), seed, *given) as facts:
        here = changed(config, port=facts["port"], host_key=facts["host_key"])
        yield _link(here, facts, work, {"sftp": client.export_private_key().decode()})


@contextmanager
def _medium(config: AdapterConfig, seed: Seed, work: Path, options: tuple[str, ...]) -> Iterator[Played]:
    here = changed(config, folder=str(work / "place"))
    (work / "place").mkdir(exist_ok=True)
    assert isinstance(here.transport, MediumTransport)
    desk, medium = MediumDesk(here.transport, work / "place", SecretStr(SECRET)), work / "medium"
    given = ("--medium", str(medium), "--token-file", _token(work, SECRET), *options)

    def carry() -> None:
        for name, data in desk.release(approval="R8-0001", **TWO).items():
            partial = medium / "to_atena" / f"{name}.tmp"
            partial.write_bytes(data)
            partial.rename(medium / "to_atena" / name)
        came = {path.name: path.read_bytes() for path in sorted((medium / "from_atena").glob("*.pkg"))}
        taken.extend(one for one in desk.take_in(came, **TWO) if not one.accepted)

    taken: list[Any] = []
    with process(_profile(here, work), seed, *given) as facts:
        extra = {"desk": desk, "medium": medium, "refused": taken}
        yield _link(here, facts, work, {"medium": SECRET}, work=carry, extra=extra)


@contextmanager
def _terminal(config: AdapterConfig, seed: Seed, work: Path, options: tuple[str, ...]) -> Iterator[Played]:
    here = changed(config, folder=str(work / "place"))
    (work / "place").mkdir(exist_ok=True)
    assert isinstance(here.transport, TerminalTransport)
    assert isinstance(here.dialect, JsonDialect)
    desk = TerminalLink(here.transport, here.dialect, work / "place", SecretStr(SECRET))
    given = ("--http-port", "0", "--state", str(work / "state"), *options)
    with process(_profile(here, work), seed, *given) as facts:

        def key() -> None:
            for path in sorted((work / "place").glob("*.sheet")):
                kind, _, batch = path.stem.partition("_")
                address = Address(RequestKind(kind), batch, 0, datetime.now(UTC))
                if not desk.fetch_answers(address):
                    lines = shown(facts["port"], desk.sheet(address))
                    for one in ("一人目", "二人目"):
                        assert desk.enter(address, lines, by=one, evidence="写し1") == []

        yield _link(here, facts, work, {"terminal": SECRET}, work=key)


def shown(port: int, sheet: Any) -> list[dict[str, str | None]]:
    """What the simulator's terminal shows for a sheet."""
    document = {"renkei_id": sheet.batch_id, "kensu": len(sheet.lines), "meisai": list(sheet.lines)}
    url = f"http://127.0.0.1:{port}/terminal/{sheet.kind}/{sheet.batch_id}"
    with urllib.request.urlopen(url, json.dumps(document).encode(), timeout=10) as response:
        lines: list[dict[str, str | None]] = json.load(response)["meisai"]
    return lines


@contextmanager
def _database(
    config: AdapterConfig, seed: Seed, work: Path, options: tuple[str, ...], server: PostgresServer
) -> Iterator[Played]:
    name = f"atena_{secrets.token_hex(4)}"
    login, database = sql.Identifier(f"{name}_renkei"), sql.Identifier(name)
    with server.connect("postgres") as superuser:
        superuser.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(login, sql.Literal(PASSWORD)))
        superuser.execute(sql.SQL("CREATE DATABASE {}").format(database))
    try:
        with server.connect(name) as session:
            dsn = session.info.dsn + (f" password={session.info.password}" if session.info.password else "")
        here = changed(config, port=server.port, database=name, user=f"{name}_renkei")
        given = ("--database", dsn, "--state", str(work / "state"), *options)
        with process(_profile(here, work), seed, *given) as facts:
            yield _link(here, facts, work, {"database": PASSWORD}, extra={"server": server, "name": name})
    finally:
        with server.connect("postgres") as superuser:
            superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))
            superuser.execute(sql.SQL("DROP ROLE {}").format(login))
