"""Single files on an SFTP server: written under a partial name and renamed, read up to a limit, emptied before they are removed."""

from __future__ import annotations

import re
import stat
from collections.abc import AsyncIterator, Callable, Container
from contextlib import asynccontextmanager, suppress

import asyncssh
from pydantic import SecretStr

from integrations.atena_adapters.config import SftpTransport
from integrations.atena_adapters.errors import AuthenticationRefused, CommunicationError
from integrations.atena_adapters.transports.base import digest_of
from integrations.atena_adapters.transports.dropping import LARGEST, marker_text
from integrations.atena_adapters.transports.naming import ERASING

_ONE_LINE_KEY = re.compile(r"(-----BEGIN [A-Z ]+-----)([A-Za-z0-9+/= ]+)(-----END [A-Z ]+-----)")


@asynccontextmanager
async def session(config: SftpTransport, secret: SecretStr) -> AsyncIterator[asyncssh.SFTPClient]:
    """A session with the pinned server.  Nothing of this machine's own SSH set-up is used."""
    connected = False
    try:
        async with (
            asyncssh.connect(
                config.host,
                config.port,
                username=config.user,
                known_hosts=([asyncssh.import_public_key(config.host_key)], [], []),
                client_keys=[asyncssh.import_private_key(_key_text(secret))] if config.login == "key" else None,
                password=secret.get_secret_value() if config.login == "password" else None,
                agent_path=None,
                config=[],
                login_timeout=config.timeout_seconds,
            ) as connection,
            connection.start_sftp_client() as client,
        ):
            connected = True
            yield client
    except asyncssh.HostKeyNotVerifiable:
        raise CommunicationError(
            "相手の公開鍵が、設定した公開鍵と違います。送っていません。統合宛名の担当へ確かめてください。"
        ) from None
    except asyncssh.PermissionDenied:
        raise AuthenticationRefused(
            "SFTPサーバーが認証情報を受け付けません。利用者名と登録した鍵を確かめてください。"
        ) from None
    except asyncssh.KeyImportError:
        raise AuthenticationRefused("SFTPの鍵を読めません。OpenSSH形式の秘密鍵を登録してください。") from None
    except asyncssh.SFTPError as error:
        retryable = not isinstance(error, asyncssh.SFTPPermissionDenied)
        raise CommunicationError(f"SFTPサーバーが応じません(状態{error.code})。", retryable=retryable) from None
    except (OSError, asyncssh.Error):
        message = "SFTPサーバーにつながりません。接続先と通信経路を確かめてください。"
        raise CommunicationError(message, retryable=True, nothing_left=not connected) from None


def _key_text(secret: SecretStr) -> str:
    """The private key with its line ends, which an entry field of one line takes away."""
    match = _ONE_LINE_KEY.fullmatch(secret.get_secret_value().strip())
    return f"{match[1]}\n{''.join(match[2].split())}\n{match[3]}\n" if match else secret.get_secret_value()


async def drop(client: asyncssh.SFTPClient, path: str, payload: bytes, config: SftpTransport) -> None:
    """Write a file so that nobody reads half of it; then its completion file where one is configured."""
    await _write(client, path, payload, config)
    if config.completion == "marker":
        await _write(client, path + config.marker_suffix, marker_text(payload).encode(), config)


async def read(client: asyncssh.SFTPClient, path: str) -> bytes | None:
    """The content of a plain file, None when it is not there."""
    try:
        attributes = await client.lstat(path)
        if not stat.S_ISREG(attributes.permissions or 0):
            raise CommunicationError("連携の場所に、ふつうのファイルではないものがあります。")
        if (attributes.size or 0) > LARGEST:
            raise CommunicationError("回答のファイルが大きすぎます。1回に送れる件数を減らしてください。")
        async with client.open(path, "rb") as file:
            content: bytes = await file.read(LARGEST)
    except asyncssh.SFTPNoSuchFile:
        return None
    return content


async def erase(client: asyncssh.SFTPClient, path: str, config: SftpTransport) -> None:
    """Empty and remove a file and its completion file."""
    await _remove(client, path + config.marker_suffix)
    await _remove(client, path)


async def erase_own(client: asyncssh.SFTPClient, path: str, config: SftpTransport) -> None:
    """The same for a file that we write ourselves, with what a killed writer left of it."""
    await _remove(client, path + config.partial_suffix)
    await erase(client, path, config)


async def erase_read(
    client: asyncssh.SFTPClient, path: str, config: SftpTransport, read_before: Container[str]
) -> bool:
    """As `dropping.erase_read`: a file and its completion file, if they are what was read. Whether nothing is left."""
    marker = path + config.marker_suffix
    for each in (path, marker):
        await _put_back(client, each)
    payload = await read(client, path)
    if payload is None:
        return await _remove_if(client, marker, lambda _: True)  # a kill left it behind its file
    if digest_of(payload) not in read_before or not await _remove_if(client, path, lambda now: now == payload):
        return False
    told = marker_text(payload).encode().split()
    return await _remove_if(client, marker, lambda now: config.completion == "rename" or now.split() == told)


async def names_in(client: asyncssh.SFTPClient, folder: str) -> list[str]:
    """The names in a folder; none when it is not there."""
    try:
        return [str(name) for name in await client.listdir(folder)]
    except asyncssh.SFTPNoSuchFile:
        return []


async def server_time(client: asyncssh.SFTPClient, path: str) -> float:
    """The other side's clock, by the time of a file that is written and taken away (seconds since 1970)."""
    async with client.open(path, "wb") as file:
        await file.write(b"")
    try:
        return float((await client.stat(path)).mtime or 0)
    finally:
        await client.remove(path)


async def _write(client: asyncssh.SFTPClient, path: str, payload: bytes, config: SftpTransport) -> None:
    partial = path + config.partial_suffix
    await _remove(client, partial)
    async with client.open(partial, "wb") as file:
        await file.write(payload)
        with suppress(asyncssh.SFTPOpUnsupported):
            await file.fsync()
    try:
        await client.posix_rename(partial, path)
    except asyncssh.SFTPOpUnsupported:
        await _remove(client, path)
        await client.rename(partial, path)


async def _remove_if(client: asyncssh.SFTPClient, path: str, agrees: Callable[[bytes], bool]) -> bool:
    """Remove a file if its content agrees. Whether it is gone.

    It goes aside first, so that nothing that takes its name meanwhile goes with it; where the server lets us remove but not rename,
    it is looked at in its place.
    """
    aside = path + ERASING
    try:
        await client.rename(path, aside)
    except asyncssh.SFTPNoSuchFile:
        return True
    except (asyncssh.SFTPPermissionDenied, asyncssh.SFTPOpUnsupported):
        aside = path
    content = await read(client, aside)
    if agreed := content is None or agrees(content):
        await _remove(client, aside)
    else:
        await _put_back(client, path)
    return agreed


async def _put_back(client: asyncssh.SFTPClient, path: str) -> None:
    """What is aside takes its name again, unless the other side has put a newer one there."""
    aside = path + ERASING
    if not await client.lexists(aside):
        return
    if await client.lexists(path):
        await _remove(client, aside)
    else:
        await client.rename(aside, path)


async def _remove(client: asyncssh.SFTPClient, path: str) -> bool:
    try:
        if not stat.S_ISREG((await client.lstat(path)).permissions or 0):
            raise CommunicationError("連携の場所に、ふつうのファイルではないものがあります。")
        await client.truncate(path, 0)
        await client.remove(path)
    except asyncssh.SFTPNoSuchFile:
        return False
    return True
