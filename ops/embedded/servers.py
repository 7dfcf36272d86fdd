"""The pair of embedded servers that belongs to one scratch folder (`var/` of the checkout, `var/test/` of the tests)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from ops.embedded.place import find
from ops.embedded.postgres import PostgresServer
from ops.embedded.valkey import ValkeyServer

DEVELOPMENT_KEY_MARK = "development-only:"


@dataclass(frozen=True, slots=True)
class Servers:
    var: Path
    postgres: PostgresServer
    valkey: ValkeyServer

    def start(self) -> None:
        self.postgres.start()
        self.valkey.start()

    def stop(self) -> None:
        self.valkey.stop()
        self.postgres.stop()


def servers_of(var: Path, *, safe: bool = True) -> Servers:
    """Describe the servers of `var`; nothing is started."""
    place = find(var)
    return Servers(
        var,
        PostgresServer(place, password=secret(var, "postgres"), safe=safe),
        ValkeyServer(place, password=secret(var, "valkey")),
    )


def secret(var: Path, name: str) -> str:
    """A random secret kept in `var/secrets/`, made on first use, readable by us alone."""
    folder = var / "secrets"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = folder / name
    if not path.exists():
        partial = folder / f"{name}.{secrets.token_hex(4)}"
        partial.touch(0o600)
        partial.write_text(_new_secret(name))
        partial.rename(path)
    return path.read_text().strip()


def _new_secret(name: str) -> str:
    value = secrets.token_hex(32)
    return f"{DEVELOPMENT_KEY_MARK}{value}" if name == "master" else value
