"""The other side of a season: a simulator process of its own for each prefecture, behind the real transport of its link."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
from psycopg import sql
from pydantic import SecretStr

from domain.linkage.exchange.keeping import SealedKeeper
from integrations.atena_adapters.config import AdapterConfig, MediumTransport
from integrations.atena_adapters.presets import preset
from integrations.atena_adapters.simulator.population import Person, write_population
from integrations.atena_adapters.transports.medium_desk import MediumDesk
from integrations.sealed_file import make_key_file
from ops.demo.processes import ROOT
from ops.embedded.postgres import PostgresServer

QUICK = ("--delay", "0.05", "--late", "0.3", "--step", "0.05")
POLL_SECONDS = 0.2
NETWORK_SECONDS = 5.0
PEOPLE = {"who": "担当", "witness": "立会"}


@dataclass
class OtherSide:
    """A running simulator: the configuration that leads to it, where its ledger lies, and carrying by hand where that is needed."""

    config: dict[str, Any]
    secrets: dict[str, str] = field(repr=False)
    state: Path
    key_file: Path
    pid: int
    carry: Callable[[], None] = lambda: None


@contextmanager
def other_side(
    link: str, place: Path, people: Sequence[Person], server: PostgresServer, *, port: int = 0
) -> Iterator[OtherSide]:
    """The simulator of one prefecture. `place`: its folder below the exchange root; `port`: of SFTP, 0 for a free one."""
    for folder in (place, place / "state"):
        folder.mkdir(parents=True, exist_ok=True)
    if not (place / "key").exists():
        write_population(place / "people.sealed", people, make_key_file(place / "key"))
    with {"rest": _rest, "sftp": _sftp, "fixed": _fixed, "database": _database, "medium": _medium}[link](
        place, server, port
    ) as opened:
        yield opened


@contextmanager
def _process(
    config: AdapterConfig, place: Path, *options: str, token: str = ""
) -> Iterator[tuple[dict[str, Any], int]]:
    (place / "profile.json").write_text(config.model_dump_json())
    given = ["--profile", str(place / "profile.json"), "--population", str(place / "people.sealed"),
             "--key-file", str(place / "key"), "--state", str(place / "state"), *QUICK, *options]  # fmt: skip
    if token:
        (place / "token").write_text(token)
        given += ["--token-file", str(place / "token")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SHOREI_")}
    started = subprocess.Popen(
        [sys.executable, "-m", "integrations.atena_adapters.simulator", "--with-parent", *given],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert started.stdout is not None  # noqa: S101 - it is a pipe
        yield json.loads(started.stdout.readline()), started.pid
    finally:
        started.terminate()
        started.communicate(timeout=20)


def _configured(name: str, **transport: Any) -> AdapterConfig:
    values = preset(name).model_dump()
    values["transport"] |= transport
    # The 符号 are looked for in an act of their own (`one.checking`), so that its time stands apart from that of 付番.
    values["workflow"] |= {"poll_seconds": POLL_SECONDS, "checks_linkage": False}
    return AdapterConfig.model_validate(values)


def _opened(config: AdapterConfig, hidden: dict[str, str], place: Path, pid: int, **more: Any) -> OtherSide:
    return OtherSide(config.model_dump(mode="json"), hidden, place / "state", place / "key", pid, **more)


@contextmanager
def _rest(place: Path, server: PostgresServer, port: int) -> Iterator[OtherSide]:
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    with _process(preset("rest"), place, "--http-port", str(port), token=secret) as (facts, pid):
        config = _configured("rest", base_url=f"http://127.0.0.1:{facts['port']}")
        yield _opened(config, {"client_secret": secret}, place, pid)


def sftp_identity(place: Path) -> tuple[str, str]:
    """The host key to pin and our own private key, made before the server first runs."""
    state = place / "state"
    state.mkdir(parents=True, exist_ok=True)
    if not (state / "sftp_host_key").exists():
        host, client = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
        for path, key in ((state / "sftp_host_key", host), (place / "client", client)):
            path.touch(0o600)
            path.write_bytes(key.export_private_key())
        (place / "client.pub").write_bytes(client.export_public_key())
    host = asyncssh.read_private_key(str(state / "sftp_host_key"))
    return " ".join(host.export_public_key().decode().split()[:2]), (place / "client").read_text()


def sftp_config(place: Path, port: int, seconds: float = NETWORK_SECONDS) -> tuple[dict[str, Any], dict[str, str]]:
    """Configuration and secrets of a link by SFTP, whether or not anybody answers there."""
    host_key, client = sftp_identity(place)
    config = _configured("sftp", port=port, host_key=host_key, timeout_seconds=seconds)
    return config.model_dump(mode="json"), {"sftp": client}


@contextmanager
def _sftp(place: Path, server: PostgresServer, port: int) -> Iterator[OtherSide]:
    host_key, client = sftp_identity(place)
    given = ("--sftp-port", str(port), "--authorized-key", str(place / "client.pub"))
    with _process(preset("sftp"), place, *given) as (facts, pid):
        config = _configured("sftp", port=facts["port"], host_key=host_key)
        yield _opened(config, {"sftp": client}, place, pid)


@contextmanager
def _fixed(place: Path, server: PostgresServer, port: int) -> Iterator[OtherSide]:
    with _process(preset("fixed"), place, "--folder", str(place / "exchange")) as (facts, pid):
        yield _opened(_configured("fixed", folder=facts["folder"]), {}, place, pid)


@contextmanager
def _database(place: Path, server: PostgresServer, port: int) -> Iterator[OtherSide]:
    name, password = f"atena_{secrets.token_hex(4)}", secrets.token_hex(16)
    with server.connect("postgres") as superuser:
        login = sql.Identifier(f"{name}_renkei")
        superuser.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(login, sql.Literal(password)))
        superuser.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        superuser.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        superuser.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), login))
    config = _configured("database", port=server.port, database=name, user=f"{name}_renkei")
    with server.connect(name) as session:
        dsn = f"{session.info.dsn} password={session.info.password}"
    with _process(config, place, "--database", dsn) as (_, pid):
        yield _opened(config, {"database": password}, place, pid)


@contextmanager
def _medium(place: Path, server: PostgresServer, port: int) -> Iterator[OtherSide]:
    secret, medium = base64.b64encode(secrets.token_bytes(32)).decode(), place / "medium"
    config = _configured("medium", folder=str(place / "desk"))
    (place / "desk").mkdir(exist_ok=True)
    assert isinstance(config.transport, MediumTransport)  # noqa: S101 - the preset says so
    desk = MediumDesk(config.transport, place / "desk", SecretStr(secret), keep=SealedKeeper())

    def carry() -> None:
        for name, data in desk.release(approval="R7-0001", **PEOPLE).items():
            partial = medium / "to_atena" / f"{name}.tmp"
            partial.write_bytes(data)
            partial.rename(medium / "to_atena" / name)
        desk.take_in({path.name: path.read_bytes() for path in sorted((medium / "from_atena").glob("*.pkg"))}, **PEOPLE)

    with _process(config, place, "--medium", str(medium), token=secret) as (_, pid):
        yield _opened(config, {"medium": secret}, place, pid, carry=carry)
