"""Every kind of link against a real server of its kind: a preset is under contract by what its transport is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from integrations.atena_adapters.config import AdapterConfig, FolderTransport
from integrations.atena_adapters.port import AtenaAdapter, Collection, SubmissionReceipt
from integrations.atena_adapters.registry import Bounds, build
from ops.embedded.postgres import PostgresServer
from tests.integrations.atena_adapters.counterpart.carried import SECRET as CARRIED_SECRET
from tests.integrations.atena_adapters.counterpart.carried import medium_side, terminal_side
from tests.integrations.atena_adapters.counterpart.database import PASSWORD as DATABASE_PASSWORD
from tests.integrations.atena_adapters.counterpart.database import database_side
from tests.integrations.atena_adapters.counterpart.folder import work_through
from tests.integrations.atena_adapters.counterpart.office import Office
from tests.integrations.atena_adapters.counterpart.rest import SECRET, rest_side
from tests.integrations.atena_adapters.counterpart.sftp import sftp_side
from tests.integrations.atena_adapters.support import Keeper


@dataclass
class Link:
    """An adapter, the office at the other end, and what makes the other side do its work."""

    config: AdapterConfig
    adapter: AtenaAdapter
    office: Office
    keeper: Keeper
    work: Callable[[], None] = lambda: None
    side: Any = None
    secrets: dict[str, SecretStr] = field(default_factory=dict)
    bounds: Bounds = field(default_factory=Bounds)

    def again(self, **transport: Any) -> AtenaAdapter:
        """Another adapter to the same place, with other settings of the transport."""
        return build(changed(self.config, **transport), keep=Keeper(), secrets=self.secrets, bounds=self.bounds)

    def answered(self, receipt: SubmissionReceipt) -> Collection:
        """Let the other side work, then collect."""
        self.work()
        return self.adapter.collect(receipt)


def changed(config: AdapterConfig, **transport: Any) -> AdapterConfig:
    """The configuration with other settings of the transport."""
    values = config.model_dump()
    values["transport"] |= transport
    return AdapterConfig.model_validate(values)


def _link(config: AdapterConfig, office: Office, secrets: dict[str, str], bounds: Bounds, **more: Any) -> Link:
    hidden, keeper = {name: SecretStr(value) for name, value in secrets.items()}, Keeper()
    adapter = build(config, keep=keeper, secrets=hidden, bounds=bounds)
    return Link(config, adapter, office, keeper, secrets=hidden, bounds=bounds, **more)


@contextmanager
def open_rest(config: AdapterConfig, place: Path) -> Iterator[Link]:
    """REST with OAuth2 and a second server."""
    office = Office(config)
    with rest_side(office) as side:
        here = changed(config, base_url=side.url, pause_seconds=0.0)
        yield _link(here, office, {"client_secret": SECRET}, Bounds(), side=side)


@contextmanager
def open_sftp(config: AdapterConfig, place: Path) -> Iterator[Link]:
    """A real SFTP server."""
    office = Office(config)
    with sftp_side(office, place) as side:
        here = changed(config, port=side.port, host_key=side.host_key, check_wait_seconds=0.0)
        office.config = here
        yield _link(here, office, {"sftp": side.client_key}, Bounds(), work=side.work, side=side)


@contextmanager
def open_folder(config: AdapterConfig, place: Path) -> Iterator[Link]:
    """A watched folder."""
    assert isinstance(config.transport, FolderTransport)
    here, office = changed(config, folder=str(place), check_wait_seconds=0.0), Office(config)
    for name in (config.transport.request_folder, config.transport.receipt_folder, config.transport.answer_folder):
        (place / name).mkdir()
    yield _link(here, office, {}, Bounds(place), work=lambda: work_through(place, office))


@contextmanager
def open_database(config: AdapterConfig, server: PostgresServer) -> Iterator[Link]:
    """A real PostgreSQL database."""
    office = Office(config)
    with database_side(office, server) as side:
        here = changed(config, port=server.port, database=side.name, user=side.user, check_wait_seconds=0.0)
        yield _link(here, office, {"database": DATABASE_PASSWORD}, Bounds(), work=side.work, side=side)


@contextmanager
def open_medium(config: AdapterConfig, place: Path) -> Iterator[Link]:
    """A medium that is carried at once."""
    here, office = changed(config, folder=str(place)), Office(config)
    with medium_side(here, office, place) as side:
        yield _link(here, office, {"medium": CARRIED_SECRET}, Bounds(place), work=side.work, side=side)


@contextmanager
def open_terminal(config: AdapterConfig, place: Path) -> Iterator[Link]:
    """A terminal with two quick people at it."""
    here, office = changed(config, folder=str(place)), Office(config)
    with terminal_side(here, office, place) as side:
        yield _link(here, office, {"terminal": CARRIED_SECRET}, Bounds(place), work=side.work, side=side)


OPENERS = {
    "folder": open_folder,
    "http oauth2": open_rest,
    "sftp": open_sftp,
    "medium": open_medium,
    "terminal": open_terminal,
}


def kind_of_link(config: AdapterConfig) -> str:
    """Which of the openers a configuration needs."""
    auth = getattr(config.transport, "auth", "")
    return f"http {auth}" if config.transport.kind == "http" else config.transport.kind
