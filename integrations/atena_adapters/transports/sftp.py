"""Files on an SFTP server: the folder's exchange, over a connection that is made for each act and pinned to one host key."""

from __future__ import annotations

import secrets as random
import time
from collections.abc import Awaitable, Callable, Container, Sequence
from itertools import count
from typing import TypeVar

import asyncssh
from pydantic import SecretStr

from integrations.atena_adapters.config import SftpTransport
from integrations.atena_adapters.errors import AnswerUnreadable, CommunicationError
from integrations.atena_adapters.port import CheckResult, CheckState, Health
from integrations.atena_adapters.transports import naming, sftp_files
from integrations.atena_adapters.transports.apart import run_apart
from integrations.atena_adapters.transports.base import Address, Delivery
from integrations.atena_adapters.transports.clocks import clock_result
from integrations.atena_adapters.transports.dropping import marker_text

Result = TypeVar("Result")
_CHECK_STEP = 0.5
_NAME = "SFTP"


class SftpLink:
    """The SFTP transport."""

    by_people = False

    def __init__(
        self, config: SftpTransport, secret: SecretStr, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._config = config
        self._secret = secret
        self._sleep = sleep

    def send(self, address: Address, payload: bytes, content_type: str) -> Delivery:
        """Put the request file.  An earlier receipt goes first: it would be taken for that of this sending."""

        async def act(client: asyncssh.SFTPClient) -> None:
            await sftp_files.erase(client, self._receipt(address), self._config)
            await sftp_files.drop(client, self._request(address), payload, self._config)

        self._run(act)
        return Delivery()

    def fetch_receipt(self, address: Address) -> bytes | None:
        """The receipt file if it is there and whole."""

        async def act(client: asyncssh.SFTPClient) -> bytes | None:
            return await self._whole(client, self._receipt(address))

        return self._run(act)

    def fetch_answers(self, address: Address, *, gaps: bool = False) -> Sequence[bytes]:
        """The answer files, part 1 first.  A gap ends the list: later parts wait for the earlier."""

        async def act(client: asyncssh.SFTPClient) -> list[bytes]:
            found: list[bytes] = []
            if gaps:
                parts, _ = await self._answers_there(client, address)
                there = [await self._whole(client, self._answer(address, part)) for part in parts]
                return [payload for payload in there if payload is not None]
            for part in count(1):
                payload = await self._whole(client, self._answer(address, part))
                if payload is None:
                    break
                found.append(payload)
                if not self._config.several_answers:
                    break
            return found

        return self._run(act)

    def withdraw(self, address: Address) -> None:
        """Empty and remove the request file, so that no number stays on the server."""

        async def act(client: asyncssh.SFTPClient) -> None:
            await sftp_files.erase_own(client, self._request(address), self._config)

        self._run(act)

    def finish(self, address: Address, read: Container[str]) -> bool:
        """Remove the request, and receipt and answers that were read."""

        async def act(client: asyncssh.SFTPClient) -> bool:
            await sftp_files.erase_own(client, self._request(address), self._config)
            parts, begun = await self._answers_there(client, address)
            paths = [self._receipt(address), *(self._answer(address, part) for part in parts)]
            gone = [await sftp_files.erase_read(client, path, self._config, read) for path in paths]
            return all(gone) and not begun

        return self._run(act)

    def health(self) -> Health:
        """Whether the three places are there."""
        places = (self._config.request_folder, self._config.receipt_folder, self._config.answer_folder)

        async def act(client: asyncssh.SFTPClient) -> list[str]:
            return [place for place in places if not await client.isdir(self._path((place, "")))]

        try:
            missing = self._run(act)
        except CommunicationError as error:
            return Health(ok=False, message=error.message)
        if missing:
            return Health(ok=False, message=f"サーバーの中に置き場がありません: {'、'.join(missing)}")
        return Health(ok=True, message="SFTPサーバーにつながり、置き場があります。")

    def check(self) -> list[CheckResult]:
        """Reachable, pinned, logged in, places there; answers can be listed, a file written and removed, whose time tells the clock."""
        health = self.health()
        if not health.ok:
            remedy = "接続先・公開鍵・利用者名・鍵・置き場の設定を確かめてください。"
            return [CheckResult(_NAME, CheckState.FAILED, health.message, remedy)]
        name = f"write_check_{random.token_hex(8)}{self._config.partial_suffix}"

        async def act(client: asyncssh.SFTPClient) -> float:
            await sftp_files.names_in(client, self._path((self._config.answer_folder, "")))
            return await sftp_files.server_time(client, self._path((self._config.request_folder, name)))

        try:
            there = self._run(act)
        except CommunicationError as error:
            return [
                CheckResult(
                    _NAME,
                    CheckState.FAILED,
                    error.message,
                    "依頼の置き場への書き込みと、回答の置き場の一覧の許可を依頼してください。",
                )
            ]
        return [
            CheckResult(_NAME, CheckState.OK, "接続・認証・読み書きができます。"),
            clock_result(there - time.time()),
        ]

    def wait_for_receipt(self, address: Address) -> bytes | None:
        """Look for the receipt for as long as the configuration allows."""
        for _ in range(max(1, round(self._config.check_wait_seconds / _CHECK_STEP))):
            receipt = self.fetch_receipt(address)
            if receipt is not None:
                return receipt
            self._sleep(_CHECK_STEP)
        return None

    def _run(self, act: Callable[[asyncssh.SFTPClient], Awaitable[Result]]) -> Result:
        async def connected() -> Result:
            async with sftp_files.session(self._config, self._secret) as client:
                return await act(client)

        return run_apart(connected, self._config.timeout_seconds)

    async def _whole(self, client: asyncssh.SFTPClient, path: str) -> bytes | None:
        if self._config.completion != "marker":
            return await sftp_files.read(client, path)
        marker = await sftp_files.read(client, path + self._config.marker_suffix)
        payload = None if marker is None else await sftp_files.read(client, path)
        if payload is not None and (marker or b"").decode(errors="replace").split() != marker_text(payload).split():
            raise AnswerUnreadable(
                "完了ファイルの大きさかSHA-256が合いません。転送の途中で壊れています。取り込みません。",
                payload=payload,
            )
        return payload

    async def _answers_there(self, client: asyncssh.SFTPClient, address: Address) -> tuple[list[int], bool]:
        names = await sftp_files.names_in(client, self._path((self._config.answer_folder, "")))
        return naming.answers_among(self._config, address, names)

    def _path(self, place: tuple[str, str]) -> str:
        return "/".join((self._config.folder.rstrip("/"), *filter(None, place)))

    def _request(self, address: Address) -> str:
        return self._path(naming.request_name(self._config, address))

    def _receipt(self, address: Address) -> str:
        return self._path(naming.receipt_name(self._config, address))

    def _answer(self, address: Address, part: int) -> str:
        return self._path(naming.answer_name(self._config, address, part))
