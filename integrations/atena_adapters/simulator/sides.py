"""Which way the other side is reached, and everything that has to be opened and closed for it."""

from __future__ import annotations

import argparse
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from integrations.atena_adapters.simulator.office import Office
from integrations.atena_adapters.simulator.profile import Profile
from integrations.atena_adapters.simulator.serving.files import FileSide
from integrations.atena_adapters.simulator.serving.medium import MediumSide
from integrations.atena_adapters.simulator.serving.rest import RestSide
from integrations.atena_adapters.simulator.serving.web import Server, serve


class Side(Protocol):
    """One way in, open from `open` to `close`."""

    def open(self) -> dict[str, object]:
        """Be reachable; what whoever started it must know."""

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""

    def close(self) -> None:
        """Be reachable no longer."""


class Http:
    """HTTP on loopback, with downloads on a port of their own."""

    def __init__(self, profile: Profile, office: Office, options: argparse.Namespace) -> None:
        self.rest = RestSide(profile, office, _secret(options), options.stall)
        self._clock = lambda: office.own_time().timestamp()
        self._ports = (options.http_port, options.download_port)
        self._by_url = profile.option("answer_by", "body") == "url"
        self._stack = ExitStack()

    def open(self) -> dict[str, object]:
        """The ports."""
        facts: dict[str, object] = {}
        api = Server(self._ports[0], self.rest.reply, now=self._clock, drops=self.rest.drops)
        self.rest.base_url = f"http://127.0.0.1:{api.port}"
        facts["port"] = serve(self._stack, api)
        if self._by_url:
            downloads = Server(self._ports[1], self.rest.download, now=self._clock)
            self.rest.download_url = f"http://127.0.0.1:{downloads.port}"
            facts["download_port"] = serve(self._stack, downloads)
        return facts

    def run(self, stop: threading.Event) -> None:
        """The servers work in threads of their own."""
        stop.wait()

    def close(self) -> None:
        """Stop the servers."""
        self._stack.close()


class Folder:
    """A watched folder."""

    def __init__(self, profile: Profile, office: Office, root: Path, step: float) -> None:
        self._root = root.resolve()
        self._side = FileSide(profile, office, self._root, step=step)

    def open(self) -> dict[str, object]:
        """The folder."""
        return {"folder": str(self._root)}

    def run(self, stop: threading.Event) -> None:
        """Watch."""
        self._side.run(stop)

    def close(self) -> None:
        """Nothing is held open."""


class Sftp:
    """An SFTP server and the work behind it."""

    def __init__(self, profile: Profile, office: Office, options: argparse.Namespace, state: Path) -> None:
        from integrations.atena_adapters.simulator.serving.sftp import SftpServer

        root: Path = (options.sftp_root or state / "sftp").resolve()
        place = root / str(profile.option("folder", "/")).strip("/")
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._files = FileSide(profile, office, place, step=options.step)
        key = options.authorized_key.read_text() if options.authorized_key else ""
        password = _secret(options)
        self._server = SftpServer(office, root, state, password=password, key=key, stall=options.stall)
        self._port: int = options.sftp_port
        self._root = root

    def open(self) -> dict[str, object]:
        """Port, host key to pin, and the folder behind."""
        port = self._server.start(self._port)
        return {"port": port, "host_key": self._server.host_key, "folder": str(self._root)}

    def run(self, stop: threading.Event) -> None:
        """Watch the folder; the server works in a thread of its own."""
        self._files.run(stop)

    def close(self) -> None:
        """Stop the server."""
        self._server.stop()


class Database:
    """Staging tables and views."""

    def __init__(self, profile: Profile, office: Office, options: argparse.Namespace) -> None:
        from integrations.atena_adapters.simulator.serving.database import DatabaseSide

        self._side = DatabaseSide(profile, office, options.database, step=options.step)

    def open(self) -> dict[str, object]:
        """Make the schema."""
        self._side.open()
        return {"database": True}

    def run(self, stop: threading.Event) -> None:
        """Look."""
        self._side.run(stop)

    def close(self) -> None:
        """The connection ends with `run`."""


class Medium:
    """A folder that stands for the medium."""

    def __init__(self, profile: Profile, office: Office, options: argparse.Namespace) -> None:
        self._place: Path = options.medium.resolve()
        self._side = MediumSide(profile, office, self._place, _secret(options), step=options.step)

    def open(self) -> dict[str, object]:
        """The folder."""
        return {"folder": str(self._place)}

    def run(self, stop: threading.Event) -> None:
        """Look."""
        self._side.run(stop)

    def close(self) -> None:
        """Nothing is held open."""


def side_for(profile: Profile, office: Office, options: argparse.Namespace, state: Path | None) -> Side:
    """The side that the options name."""
    if options.folder:
        return Folder(profile, office, options.folder, options.step)
    if options.medium:
        return Medium(profile, office, options)
    if options.database:
        return Database(profile, office, options)
    if options.sftp_port is None:
        return Http(profile, office, options)
    if state is None:
        raise SystemExit("--sftp-port needs --state")
    return Sftp(profile, office, options, state)


def _secret(options: argparse.Namespace) -> str:
    path: Path | None = options.token_file
    return path.read_text().strip() if path else ""
