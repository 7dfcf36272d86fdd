"""An SFTP server on loopback that shows one folder; the file side works in the same folder."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh

from integrations.atena_adapters.simulator.faults import Fault
from integrations.atena_adapters.simulator.office import Office

_START_SECONDS = 20
_HOST_KEY = "sftp_host_key"


class SftpServer:
    """Password or key as given; without either any password is accepted.  The host key stays the same over restarts."""

    def __init__(self, office: Office, root: Path, state: Path, *, password: str, key: str, stall: float) -> None:
        self._office = office
        self._root = root
        self._password = password
        self._clients = asyncssh.import_authorized_keys(key) if key else None
        self._stall = stall
        self._host = _host_key(state / _HOST_KEY)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: Any = None

    @property
    def host_key(self) -> str:
        """The public key to pin: kind and key."""
        return " ".join(self._host.export_public_key().decode().split()[:2])

    def start(self, port: int) -> int:
        """Listen on 127.0.0.1; the port."""
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(port), self._loop).result(_START_SECONDS)
        return int(self._server.get_port())

    def stop(self) -> None:
        """Listen no longer."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(_START_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_START_SECONDS)
        self._loop.close()

    async def _listen(self, port: int) -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            port,
            server_factory=lambda: _Door(self._office, self._password, self._clients is not None, self._stall),
            server_host_keys=[self._host],
            authorized_client_keys=self._clients,
            sftp_factory=lambda channel: _Files(channel, self._root, self._drops, self._ahead),
        )

    def _ahead(self) -> float:
        """Seconds by which the clock of this side is ahead of the machine's."""
        return self._office.own_time().timestamp() - time.time()

    async def _close(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _drops(self) -> bool:
        return self._office.faults.strikes(Fault.DROP_UPLOAD)


class _Door(asyncssh.SSHServer):
    """Who may come in, and when."""

    def __init__(self, office: Office, password: str, keyed: bool, stall: float) -> None:
        self._office = office
        self._password = password
        self._keyed = keyed
        self._stall = stall

    async def begin_auth(self, username: str) -> bool:
        """Slow or closed when told to be."""
        if self._office.faults.strikes(Fault.TIMEOUT):
            await asyncio.sleep(self._stall)
        if not self._office.is_open() or self._office.faults.strikes(Fault.HTTP_503):
            raise asyncssh.DisconnectError(asyncssh.DISC_BY_APPLICATION, "closed")
        return True

    def password_auth_supported(self) -> bool:
        """Passwords only where no key was given."""
        return not self._keyed

    def validate_password(self, username: str, password: str) -> bool:
        """The password of the token file."""
        refused = self._office.faults.strikes(Fault.HTTP_401)
        return not refused and (not self._password or password == self._password)


class _Files(asyncssh.SFTPServer):
    """The folder, with times by this side's clock, and a connection that breaks in the middle of a write when told to."""

    def __init__(self, channel: Any, root: Path, drops: Callable[[], bool], ahead: Callable[[], float]) -> None:
        super().__init__(channel, chroot=os.fsencode(root))
        self._breaks = drops
        self._ahead = ahead

    def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        """What there is of a file, changed when this side's clock says."""
        found = asyncssh.SFTPAttrs.from_local(os.stat(self.map_path(path)))
        found.mtime = int((found.mtime or 0) + self._ahead())
        return found

    def write(self, file_obj: object, offset: int, data: bytes) -> Any:
        """Half of it, then nothing, when the fault strikes."""
        if not self._breaks():
            return super().write(file_obj, offset, data)
        written = super().write(file_obj, offset, data[: len(data) // 2])
        self.channel.get_connection().abort()
        return written


def _host_key(path: Path) -> asyncssh.SSHKey:
    if path.exists():
        return asyncssh.read_private_key(str(path))
    key = asyncssh.generate_private_key("ssh-ed25519")
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(key.export_private_key())
    return key
