"""The one reader of environment variables.

Every variable of ours begins with `SHOREI_`. A variable we do not know, or whose value does not parse, stops the start with its
name: a misspelt setting must never be silently ignored. A secret may be given as `NAME` or as `NAME_FILE` (path of a file).
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PREFIX: Final = "SHOREI_"

KNOWN: Final = {
    "SHOREI_VAR": "scratch folder (files, logs); default var/ of the checkout",
    "SHOREI_SECRET_KEY": "Django's signing key (secret)",
    "SHOREI_MASTER_KEY": "the master key all tenant keys and logins hang on (secret)",
    "SHOREI_MASTER_KEY_ALSO": "a second master key, known only while the master key is being changed (secret)",
    "SHOREI_DATABASE_HOST": "PostgreSQL host",
    "SHOREI_DATABASE_PORT": "PostgreSQL port",
    "SHOREI_DATABASE_NAME": "main database; also the prefix of its logins",
    "SHOREI_AUDIT_DATABASE_NAME": "audit database",
    "SHOREI_ROLE_PREFIX": "prefix of the database logins; default the database's name",
    "SHOREI_DATABASE_LOGIN": "gateway (default) or owner (migrations and provisioning only)",
    "SHOREI_BROKER_URL": "Celery broker (secret)",
    "SHOREI_CACHE_URL": "cache server (secret)",
    "SHOREI_BASE_DOMAIN": "prefectures live at <label>.<base domain>",
    "SHOREI_CONSOLE_HOST": "host name of the operator's console",
    "SHOREI_TRUSTED_PROXY": "addresses or networks, with commas, of the reverse proxies whose X-Forwarded-For is believed",
    "SHOREI_CONSOLE_NETWORKS": "networks, with commas, from which alone the console answers",
    "SHOREI_INTERNAL_CA": "certificate file (PEM): the only authority that database, broker and cache are believed by",
    "SHOREI_SCANNER": "virus scanner that speaks clamd's protocol, on this machine: 127.0.0.1:port, or its socket's absolute path",
    "SHOREI_BREACHED_PASSWORDS": "file of SHA-1 digests of breached passwords, sorted, one a line; optional",
    "SHOREI_OTP_TOLERANCE_STEPS": "one-time passwords of so many steps before and after count too: 0 to 2; default 0",
    "SHOREI_EXCHANGE_ROOT": "exchange folders of adapters, one below it per 団体コード; default exchange/ in SHOREI_VAR",
    "SHOREI_ATENA_CERTIFICATES": "folder of the certificates that adapters may name; default certificates/ in SHOREI_VAR",
    "SHOREI_ATENA_HOSTS": "host names, with commas, that adapters may speak to over HTTPS; none by default in production",
    "SHOREI_TRAIL_RECEIVER_HOSTS": "host names, with commas, to which the trail may be sent; none by default in production",
    "SHOREI_LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR",
    "SHOREI_JOB_LEASE_SECONDS": "how long a silent worker keeps its job",
    "SHOREI_JOB_SWEEP_SECONDS": "how often jobs without a live worker are sent again",
    "SHOREI_JOB_SLOTS": "jobs that calculate at once in one worker",
    "SHOREI_JOB_SHARE": "how many of all these one prefecture may hold (half of one worker's)",
    "SHOREI_JOB_EXCHANGE_SLOTS": "jobs that wait for other machines at once in one worker (threads)",
    "SHOREI_JOB_EXCHANGE_SHARE": "how many of all these one prefecture may hold (1)",
    "SHOREI_LOGIN_CONNECTIONS_KEPT": "database connections that each thread keeps, one per prefecture",
}
SECRETS: Final = {
    "SHOREI_SECRET_KEY",
    "SHOREI_MASTER_KEY",
    "SHOREI_MASTER_KEY_ALSO",
    "SHOREI_BROKER_URL",
    "SHOREI_CACHE_URL",
}


class EnvironmentRefused(Exception):
    """A variable is missing, unknown or malformed. The message names the variable, never its value."""


class Environment:
    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        source = os.environ if values is None else values
        self._values = {name: value for name, value in source.items() if name.startswith(PREFIX)}
        allowed = set(KNOWN) | {f"{name}_FILE" for name in SECRETS}
        unknown = sorted(set(self._values) - allowed)
        if unknown:
            raise EnvironmentRefused(f"unknown environment variable {unknown[0]}")

    def text(self, name: str, default: str | None = None) -> str:
        value = self._values.get(self._known(name), default)
        if value is None or value == "":
            raise EnvironmentRefused(f"environment variable {name} is not set")
        return value

    def optional(self, name: str) -> str | None:
        return self._values.get(self._known(name)) or None

    def names(self, name: str) -> list[str]:
        """Host names separated by commas, in small letters; none when the variable is not set."""
        return [one.strip().lower() for one in (self.optional(name) or "").split(",") if one.strip()]

    def networks(self, name: str) -> list[str]:
        """Networks separated by commas, at least one, none of them everything."""
        try:
            found = [ipaddress.ip_network(one.strip()) for one in self.text(name).split(",") if one.strip()]
        except ValueError:
            raise EnvironmentRefused(f"environment variable {name} holds something that is no network") from None
        if not found or any(one.prefixlen == 0 for one in found):
            raise EnvironmentRefused(f"environment variable {name} must name networks, and not all there are")
        return [str(one) for one in found]

    def optional_networks(self, name: str) -> list[str]:
        """The same, or none when the variable is not set."""
        return self.networks(name) if self.optional(name) else []

    def on_this_machine(self, name: str) -> str:
        """The absolute path of a socket, or a port of loopback: the protocol is plain, and people's files go through it."""
        place = self.text(name)
        host, _, port = place.rpartition(":")
        if not place.startswith("/") and not (host in ("127.0.0.1", "[::1]") and port.isdigit()):
            raise EnvironmentRefused(f"environment variable {name} must name a socket's path or a port of this machine")
        return place

    def certificates(self, name: str) -> Path:
        """A file of certificates that can be read as such."""
        path = Path(self.text(name))
        try:
            ssl.create_default_context(cafile=str(path))
        except (OSError, ssl.SSLError):
            raise EnvironmentRefused(f"the file named by {name} holds no certificates") from None
        return path

    def optional_file(self, name: str) -> Path | None:
        value = self.optional(name)
        if value is not None and not Path(value).is_file():
            raise EnvironmentRefused(f"the file named by {name} does not exist")
        return Path(value) if value else None

    def integer(self, name: str, default: int | None = None) -> int:
        value = self._values.get(self._known(name))
        if value is None and default is not None:
            return default
        try:
            return int(self.text(name))
        except ValueError:
            raise EnvironmentRefused(f"environment variable {name} is not a whole number") from None

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise EnvironmentRefused(f"environment variable {name} must be one of {', '.join(choices)}")
        return value

    def path(self, name: str, default: Path) -> Path:
        value = Path(self._values.get(self._known(name)) or default)
        if not value.is_absolute():
            raise EnvironmentRefused(f"environment variable {name} must be an absolute path")
        return value

    def secret(self, name: str, default: str | None = None) -> str:
        if self._known(name) not in SECRETS:
            raise EnvironmentRefused(f"{name} is not declared as a secret")
        file = self._values.get(f"{name}_FILE")
        if file is None:
            return self.text(name, default)
        if name in self._values:
            raise EnvironmentRefused(f"environment variables {name} and {name}_FILE are both set")
        try:
            content = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise EnvironmentRefused(f"the file named by {name}_FILE cannot be read") from error
        if not content:
            raise EnvironmentRefused(f"the file named by {name}_FILE is empty")
        return content

    def optional_secret(self, name: str) -> str | None:
        given = self._known(name) in self._values or f"{name}_FILE" in self._values
        return self.secret(name) if given else None

    def _known(self, name: str) -> str:
        if name not in KNOWN:
            raise EnvironmentRefused(f"{name} is not in the list of known variables")
        return name
