"""The simulator as a process of its own, reached through the real adapter and transport of each reference preset."""

from __future__ import annotations

import base64
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
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
from tests.integrations.atena_adapters.support import Keeper, Running, Seed, process

SECRET = base64.b64encode(b"sample-key-of-exactly-32-bytes!!").decode()
PASSWORD = "sample-database-password"
TWO = {"who": "担当", "witness": "立会"}
_PATIENCE = 30.0
_STILL_OPEN = "10"


@dataclass
class Played(Running):
    """A link to the simulator; `work` lets people carry or key what waits."""

    facts: dict[str, Any]
    place: Path
    secrets: dict[str, SecretStr]
    work: Callable[[], None] = lambda: None
    extra: dict[str, Any] = field(default_factory=dict)

    def again(self, **transport: Any) -> AtenaAdapter:
        """Another adapter to the same place, with other settings of the transport."""
        here = changed(self.config, **transport)
        return build(here, keep=Keeper(), secrets=self.secrets, bounds=Bounds(self.place))

    def control(self, path: str, **values: str) -> dict[str, Any]:
        """An act on the simulator's page; what it holds afterwards."""
        url = f"http://127.0.0.1:{self.facts['control_port']}{path}"
        request = urllib.request.Request(url, urllib.parse.urlencode(values).encode(), {"Accept": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - loopback
            found: dict[str, Any] = json.load(response)
        return found

    def wait(self, receipt: SubmissionReceipt, *, until: Callable[[Collection], bool] | None = None) -> Collection:
        """Collect until complete, or until the condition holds."""
        done = until or (lambda found: found.complete)
        deadline = time.monotonic() + _PATIENCE
        while True:
            self.work()
            if done(collection := self.adapter.collect(receipt)):
                return collection
            assert time.monotonic() < deadline, (collection.problems, collection.outcomes)
            time.sleep(0.03)


Runner = Callable[..., AbstractContextManager[dict[str, Any]]]


@contextmanager
def steered(profile: Path, seed: Seed, *options: str) -> Iterator[dict[str, Any]]:
    """The process with its page, where faults are let in."""
    with process(profile, seed, "--control-port", "0", *options) as facts:
        yield facts


@contextmanager
def played(
    config: AdapterConfig,
    seed: Seed,
    work: Path,
    *options: str,
    server: PostgresServer | None = None,
    run: Runner = steered,
) -> Iterator[Played]:
    """The simulator behind a configuration, by the kind of its transport; `run` starts it (`inside.inside`: in this process)."""
    work.mkdir(exist_ok=True)
    kind = config.transport.kind
    opener = {"http": _http, "folder": _folder, "sftp": _sftp, "medium": _medium, "terminal": _terminal}.get(kind)
    if opener is None:
        assert server is not None
        with _database(config, seed, work, options, run, server) as link:
            yield link
    else:
        with opener(config, seed, work, options, run) as link:
            yield link


def changed(config: AdapterConfig, **transport: Any) -> AdapterConfig:
    """The configuration with other settings of the transport."""
    values = config.model_dump()
    values["transport"] |= transport
    return AdapterConfig.model_validate(values)


def _round(facts: dict[str, Any]) -> Callable[[], None]:
    """What makes a simulator in this process do a round of its work; a process does it by itself."""
    look: Callable[[], None] = facts.get("look", lambda: None)
    return look


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
    adapter = build(config, keep=keeper, secrets=wrapped, bounds=Bounds(place))
    return Played(config, adapter, keeper, facts, place, wrapped, **more)


@contextmanager
def _http(config: AdapterConfig, seed: Seed, work: Path, options: tuple[str, ...], run: Runner) -> Iterator[Played]:
    given = ("--http-port", "0", "--token-file", _token(work, SECRET), "--state", str(work / "state"), *options)
    with run(_profile(config, work), seed, *given) as facts:
        here = changed(config, base_url=f"http://127.0.0.1:{facts['port']}", pause_seconds=0.0)
        yield _link(here, facts, work, {"client_secret": SECRET, "token": SECRET}, work=_round(facts))


@contextmanager
def _folder(config: AdapterConfig, seed: Seed, work: Path, options: tuple[str, ...], run: Runner) -> Iterator[Played]:
    with run(_profile(config, work), seed, "--folder", str(work / "exchange"), *options) as facts:
        yield _link(changed(config, folder=facts["folder"]), facts, work, {}, work=_round(facts))


@contextmanager
def _sftp(config: AdapterConfig, seed: Seed, work: Path, options: tuple[str, ...], run: Runner) -> Iterator[Played]:
    client = asyncssh.generate_private_key("ssh-ed25519")
    public = work / "client.pub"
    public.write_bytes(client.export_public_key())
    by_key = getattr(config.transport, "login", "key") == "key"
    login = ("--authorized-key", str(public)) if by_key else ("--token-file", _token(work, SECRET))
    given = ("--sftp-port", "0", *login, "--state", str(work / "state"), *options)
    with run(_profile(config, work), seed, *given) as facts:
        here = changed(config, port=facts["port"], host_key=facts["host_key"])
        secret = client.export_private_key().decode() if by_key else SECRET
        yield _link(here, facts, work, {"sftp": secret}, work=_round(facts))


@contextmanager
def _medium(config: AdapterConfig, seed: Seed, work: Path, options: tuple[str, ...], run: Runner) -> Iterator[Played]:
    here = changed(config, folder=str(work / "place"))
    (work / "place").mkdir(exist_ok=True)
    assert isinstance(here.transport, MediumTransport)
    keeper, medium = Keeper(), work / "medium"
    desk = MediumDesk(here.transport, work / "place", SecretStr(SECRET), keep=keeper)
    given = ("--medium", str(medium), "--token-file", _token(work, SECRET), *options)

    def carry(look: Callable[[], None]) -> None:
        for name, data in desk.release(approval="R8-0001", **TWO).items():
            partial = medium / "to_atena" / f"{name}.tmp"
            partial.write_bytes(data)
            partial.rename(medium / "to_atena" / name)
        look()
        came = {path.name: path.read_bytes() for path in sorted((medium / "from_atena").glob("*.pkg"))}
        taken.extend(one for one in desk.take_in(came, **TWO) if not one.accepted)

    taken: list[Any] = []
    with run(_profile(here, work), seed, *given) as facts:
        extra = {"desk": desk, "medium": medium, "refused": taken, "at_the_desk": keeper.kept}
        look = _round(facts)
        yield _link(here, facts, work, {"medium": SECRET}, work=lambda: carry(look), extra=extra)


@contextmanager
def _terminal(config: AdapterConfig, seed: Seed, work: Path, options: tuple[str, ...], run: Runner) -> Iterator[Played]:
    here = changed(config, folder=str(work / "place"))
    (work / "place").mkdir(exist_ok=True)
    assert isinstance(here.transport, TerminalTransport)
    assert isinstance(here.dialect, JsonDialect)
    desk = TerminalLink(here.transport, here.dialect, work / "place", SecretStr(SECRET))
    given = ("--http-port", "0", "--state", str(work / "state"), *options)
    with run(_profile(here, work), seed, *given) as facts:

        def key() -> None:
            for path in sorted((work / "place").glob("*.sheet")):
                kind, _, batch = path.stem.partition("_")
                address = Address(RequestKind(kind), batch, 0, datetime.now(UTC))
                if not desk.fetch_answers(address):
                    lines = shown(facts["port"], desk.sheet(address))
                    if not lines or any(line.get("kekka") == _STILL_OPEN for line in lines):
                        continue  # they come back to the terminal when it has all answers
                    for one in ("一人目", "二人目"):
                        assert desk.enter(address, lines, by=one, evidence="写し1") == []

        yield _link(here, facts, work, {"terminal": SECRET}, work=key, extra={"desk": desk})


def shown(port: int, sheet: Any) -> list[dict[str, str | None]]:
    """What the simulator's terminal shows for a sheet; a sheet that it does not take is refused line by line."""
    document = {"renkei_id": sheet.batch_id, "kensu": len(sheet.lines), "meisai": list(sheet.lines)}
    url = f"http://127.0.0.1:{port}/terminal/{sheet.kind}/{sheet.batch_id}"
    try:
        with urllib.request.urlopen(url, json.dumps(document).encode(), timeout=10) as response:
            lines: list[dict[str, str | None]] = json.load(response)["meisai"]
    except urllib.error.HTTPError as error:
        with error:
            if error.code != HTTPStatus.CONFLICT:
                return []
            reason = json.load(error)["meisai"][0]["riyu"]
        key = next(title for title in sheet.answer_columns if title in ("meisaiBango", "atenaBango"))
        code = "40" if sheet.kind == "inquiry" else "90"
        return [{key: line[key], "kekka": code, "riyu": reason} for line in sheet.lines]
    return lines


@contextmanager
def _database(
    config: AdapterConfig, seed: Seed, work: Path, options: tuple[str, ...], run: Runner, server: PostgresServer
) -> Iterator[Played]:
    name = f"atena_{secrets.token_hex(4)}"
    login, database = sql.Identifier(f"{name}_renkei"), sql.Identifier(name)
    with server.connect("postgres") as superuser:
        superuser.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(login, sql.Literal(PASSWORD)))
        superuser.execute(sql.SQL("CREATE DATABASE {}").format(database))
        superuser.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        superuser.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, login))
    try:
        with server.connect(name) as session:
            dsn = session.info.dsn + (f" password={session.info.password}" if session.info.password else "")
        here = changed(config, port=server.port, database=name, user=f"{name}_renkei")
        given = ("--database", dsn, "--state", str(work / "state"), *options)
        with run(_profile(here, work), seed, *given) as facts:
            extra = {"server": server, "name": name}
            yield _link(here, facts, work, {"database": PASSWORD}, work=_round(facts), extra=extra)
    finally:
        with server.connect("postgres") as superuser:
            superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))
            superuser.execute(sql.SQL("DROP ROLE {}").format(login))
