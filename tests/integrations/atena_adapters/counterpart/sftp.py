"""A real SFTP server, and an office that works through what lies on it when asked."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh

from integrations.atena_adapters.config import SftpTransport
from integrations.atena_adapters.transports.dropping import marker_text
from tests.integrations.atena_adapters.counterpart.office import Office

PASSWORD = "sample-password"


@dataclass
class SftpSide:
    """Where the server listens, its public key, the client's private key, and the folder that it shows."""

    port: int
    host_key: str
    client_key: str
    root: Path
    office: Office

    def work(self) -> None:
        """Take what is complete, leave receipts and answers."""
        transport = self.office.config.transport
        assert isinstance(transport, SftpTransport)
        base = self.root / transport.folder.strip("/")
        for path in sorted((base / "irai").iterdir()):
            match = re.fullmatch(r"SHOREI_([a-z]+)_(.+)\.csv", path.name)
            marker = path.with_name(path.name + ".end")
            if match is None or not marker.exists() or marker.read_text() != marker_text(path.read_bytes()):
                continue
            taken, receipt = self.office.take(match[1], match[2], path.read_bytes())
            put(base / "juryo" / f"SHOREI_{match[1]}_{match[2]}.rcp.csv", receipt)
            marker.unlink()
            answer = self.office.answer(match[1], match[2]) if taken else None
            if answer is not None:
                put(base / "kaito" / f"SHOREI_{match[1]}_{match[2]}.ans1.csv", answer)


def put(path: Path, payload: bytes) -> None:
    """Write a file and its completion file, each renamed into place."""
    for target, content in ((path, payload), (path.with_name(path.name + ".end"), marker_text(payload).encode())):
        partial = target.with_name(target.name + ".tmp")
        partial.write_bytes(content)
        partial.rename(target)


@contextmanager
def sftp_side(office: Office, root: Path, *, hang: bool = False) -> Iterator[SftpSide]:
    """The server in a loop of its own, until the block ends; `hang` lets nobody get past the log-in."""
    host, client = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    for name in ("irai", "juryo", "kaito"):
        (root / "shorei" / name).mkdir(parents=True, exist_ok=True)
    loop = asyncio.new_event_loop()

    class Door(asyncssh.SSHServer):
        async def begin_auth(self, username: str) -> bool:
            if hang:
                await asyncio.sleep(60)
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return password == PASSWORD

    async def start() -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Door,
            server_host_keys=[host],
            authorized_client_keys=asyncssh.import_authorized_keys(client.export_public_key().decode()),
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(root).encode()),
        )

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        public = " ".join(host.export_public_key().decode().split()[:2])
        yield SftpSide(server.get_port(), public, client.export_private_key().decode(), root, office)
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _stop(server: Any) -> None:
    server.close()
    await server.wait_closed()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
