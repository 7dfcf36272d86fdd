"""A watched folder: request files out, receipts and answers in.

A file is written under a name ending in the partial suffix, flushed, then renamed; a partial name is never read.  With
completion `marker`, a file counts only when its marker (size and SHA-256) is there and agrees.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Container, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeVar

from integrations.atena_adapters.config import FolderTransport
from integrations.atena_adapters.errors import AnswerUnreadable, CommunicationError
from integrations.atena_adapters.port import CheckResult, CheckState, Health
from integrations.atena_adapters.transports import naming
from integrations.atena_adapters.transports.base import Address, Delivery
from integrations.atena_adapters.transports.dropping import (
    drop_file,
    erase,
    erase_own,
    erase_read,
    is_folder,
    marker_agrees,
    marker_of,
    names_in,
    read_file,
    try_writing,
)

_CHECK_STEP = 0.1
Result = TypeVar("Result")


class FolderLink:
    """The folder transport. `place` is the resolved path of the configured folder (`Bounds.place`)."""

    by_people = False

    def __init__(self, config: FolderTransport, place: Path, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._config = config
        self._place = place
        self._sleep = sleep

    def send(self, address: Address, payload: bytes, content_type: str) -> Delivery:
        """Put the request file.  An earlier receipt goes first: it would be taken for that of this sending."""
        try:
            erase(self._receipt(address), self._config)
            drop_file(self._request(address), payload, self._config)
        except OSError as error:
            raise CommunicationError(f"連携フォルダーに書けません({error.strerror})。", retryable=True) from None
        return Delivery()

    def fetch_receipt(self, address: Address) -> bytes | None:
        """The receipt file if it is there and whole."""
        return self._read(self._receipt(address))

    def fetch_answers(self, address: Address, *, gaps: bool = False) -> Sequence[bytes]:
        """The answer files, part 1 first.  A gap ends the list: later parts wait for the earlier."""
        if gaps:
            there = [self._read(self._answer(address, part)) for part in self._answers_there(address)[0]]
            return [payload for payload in there if payload is not None]
        found: list[bytes] = []
        for part in count(1):
            payload = self._read(self._answer(address, part))
            if payload is None:
                break
            found.append(payload)
            if not self._config.several_answers:
                break
        return found

    def withdraw(self, address: Address) -> None:
        """Empty and remove the request file, so that no number stays in the place of exchange."""
        self._erasing(lambda: erase_own(self._request(address), self._config))

    def finish(self, address: Address, read: Container[str]) -> bool:
        """Remove the request, and receipt and answers that were read."""
        self.withdraw(address)
        parts, begun = self._answers_there(address)
        paths = [self._receipt(address), *(self._answer(address, part) for part in parts)]
        gone = [self._erasing(partial(erase_read, path, self._config, read)) for path in paths]
        return all(gone) and not begun

    def health(self) -> Health:
        """Whether the three places are there."""
        missing = [str(place.name) for place in self._places() if not is_folder(place)]
        if missing:
            return Health(ok=False, message=f"連携フォルダーの中に置き場がありません: {'、'.join(missing)}")
        return Health(ok=True, message="連携フォルダーの置き場があります。")

    def check(self) -> list[CheckResult]:
        """The places are there, answers can be listed, and a file can be written and removed."""
        health = self.health()
        if not health.ok:
            remedy = "フォルダーの場所と、統合宛名側との共有の設定を確かめてください。"
            return [CheckResult("連携フォルダー", CheckState.FAILED, health.message, remedy)]
        try:
            names_in(self._place / self._config.answer_folder)
            try_writing(self._places()[0] / f"write_check_{secrets.token_hex(8)}{self._config.partial_suffix}")
        except OSError as error:
            remedy = (
                "この製品を動かしている利用者に、依頼の置き場への書き込みと、回答の置き場の一覧を許可してください。"
            )
            return [CheckResult("連携フォルダー", CheckState.FAILED, f"読み書きできません({error.strerror})。", remedy)]
        return [CheckResult("連携フォルダー", CheckState.OK, "読み書きできます。")]

    def wait_for_receipt(self, address: Address) -> bytes | None:
        """Look for the receipt for as long as the configuration allows."""
        for _ in range(max(1, round(self._config.check_wait_seconds / _CHECK_STEP))):
            receipt = self.fetch_receipt(address)
            if receipt is not None:
                return receipt
            self._sleep(_CHECK_STEP)
        return None

    def _places(self) -> list[Path]:
        names = (self._config.request_folder, self._config.receipt_folder, self._config.answer_folder)
        return [self._place / name for name in names]

    def _request(self, address: Address) -> Path:
        return self._place.joinpath(*naming.request_name(self._config, address))

    def _receipt(self, address: Address) -> Path:
        return self._place.joinpath(*naming.receipt_name(self._config, address))

    def _answer(self, address: Address, part: int) -> Path:
        return self._place.joinpath(*naming.answer_name(self._config, address, part))

    def _answers_there(self, address: Address) -> tuple[list[int], bool]:
        try:
            names = names_in(self._place / self._config.answer_folder)
        except OSError as error:
            raise CommunicationError(f"連携フォルダーを読めません({error.strerror})。", retryable=True) from None
        return naming.answers_among(self._config, address, names)

    def _erasing(self, act: Callable[[], Result]) -> Result:
        try:
            return act()
        except OSError as error:
            raise CommunicationError(f"連携フォルダーから消せません({error.strerror})。", retryable=True) from None

    def _read(self, path: Path) -> bytes | None:
        try:
            if self._config.completion == "marker":
                read_file(marker_of(path, self._config))
            payload = read_file(path)
            if self._config.completion == "marker" and not marker_agrees(path, payload, self._config):
                raise AnswerUnreadable(
                    "完了ファイルの大きさかSHA-256が合いません。転送の途中で壊れています。取り込みません。",
                    payload=payload,
                )
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CommunicationError(f"連携フォルダーを読めません({error.strerror})。", retryable=True) from None
        return payload
