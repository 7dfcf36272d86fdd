"""Keyed by hand: a sealed work sheet, two entries by two people, and an answer only when both agree."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from integrations.atena_adapters.config import JsonDialect, TerminalTransport
from integrations.atena_adapters.errors import BatchInvalid, CommunicationError
from integrations.atena_adapters.fields import ANSWER_TO, Message
from integrations.atena_adapters.masking import HIDDEN, Masked
from integrations.atena_adapters.port import CheckResult, CheckState, Health
from integrations.atena_adapters.receipts import EVERYTHING
from integrations.atena_adapters.transports.base import Address, Delivery, digest_of
from integrations.atena_adapters.transports.medium_package import derived, shared_key
from integrations.atena_adapters.transports.private_files import put_private, remove_private
from integrations.sealed_file import SealedFileError, seal, unseal

_PARTS = ("sheet", "entry1", "entry2", "answer")
_KIND = "atena-work-sheet"
Values = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, repr=False)
class WorkSheet(Masked):
    """What is printed for the clerk: the columns to key in, one line each, and the columns to read back.

    `digest`: HMAC-SHA-256 of the lines under a key of the link's secret: they may hold 個人番号, which a plain one would give away.
    """

    kind: str
    batch_id: str
    digest: str
    columns: tuple[str, ...]
    lines: tuple[Values, ...] = field(metadata=HIDDEN)
    answer_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two entries do not agree: line (from 1) and column.  The values are on the page of those who entered them."""

    line: int
    column: str


class TerminalLink:
    """The transport of what is keyed by hand, with the acts of the people who key."""

    by_people = True

    def __init__(self, config: TerminalTransport, dialect: JsonDialect, place: Path, secret: SecretStr) -> None:
        self._config = config
        self._dialect = dialect
        self._place = place
        self._key = shared_key(secret)
        self._digest = derived(self._key, "shorei-terminal/digest")

    def send(self, address: Address, payload: bytes, content_type: str) -> Delivery:
        """Seal the work sheet.  Other content than before voids the entries made so far."""
        if self._load(address, "sheet") != payload:
            for part in _PARTS[1:]:
                remove_private(self._path(address, part))
            self._store(address, "sheet", payload)
        return Delivery()

    def sheet(self, address: Address) -> WorkSheet:
        """The work sheet to print.  Raises `BatchInvalid` when there is none."""
        payload = self._load(address, "sheet")
        if payload is None:
            raise BatchInvalid("この送信単位の作業票はありません。")
        lines = json.loads(payload)[self._dialect.lines_key]
        columns = [column.title for column in self._dialect.layouts.of(Message(address.kind.value))]
        answers = [column.title for column in self._dialect.layouts.of(ANSWER_TO[address.kind.value])]
        plain = json.dumps(lines, ensure_ascii=False, sort_keys=True).encode()
        digest = hmac.new(self._digest, plain, hashlib.sha256).hexdigest()
        return WorkSheet(address.kind.value, address.batch_id, digest, tuple(columns), tuple(lines), tuple(answers))

    def enter(self, address: Address, lines: Sequence[Values], *, by: str, evidence: str) -> list[Difference]:
        """What one person read at the terminal; the second entry is compared with the first.

        `evidence` names the print or copy that is kept.  With no difference between entries of two people the answer stands; until
        then the one who was wrong enters again.  Raises `BatchInvalid` for lines or columns that the sheet does not have.
        """
        sheet = self.sheet(address)
        if len(lines) > len(sheet.lines) or any(set(line) - set(sheet.answer_columns) for line in lines):
            raise BatchInvalid("作業票にない明細か列が入力されています。")
        if not by or not evidence.strip():
            raise BatchInvalid("入力した人と、証拠書類の番号が必要です。")
        if self._load(address, "answer") is not None:
            raise BatchInvalid("この作業票は、二人の入力が一致して確定しています。")
        part = self._part_for(address, by)
        document = {"by": by, "evidence": evidence.strip(), "lines": [dict(line) for line in lines]}
        self._store(address, part, json.dumps(document, ensure_ascii=False).encode())
        return self._compare(address)

    def entered_by(self, address: Address) -> list[str]:
        """Who has entered so far."""
        return [entry["by"] for entry in self._entries(address)]

    def fetch_receipt(self, address: Address) -> bytes | None:
        """A terminal gives none; two equal entries stand for it."""
        return None

    def fetch_answers(self, address: Address, *, gaps: bool = False) -> Sequence[bytes]:
        """The agreed entries as an answer message."""
        answer = self._load(address, "answer")
        return [] if answer is None else [answer]

    def withdraw(self, address: Address) -> None:
        """The sheet stays sealed until the answer is stored."""

    def finish(self, address: Address, read: Container[str]) -> bool:
        """Remove sheet, entries and answer; not while somebody keys, or keyed an answer that was not read."""
        answer = self._load(address, "answer")
        unread = bool(self._entries(address)) if answer is None else digest_of(answer) not in read
        if unread and read is not EVERYTHING:
            return False
        for part in _PARTS:
            remove_private(self._path(address, part))
        return True

    def health(self) -> Health:
        """Whether the place is there."""
        if not self._place.is_dir():
            return Health(ok=False, message="作業票を置く場所がありません。")
        return Health(ok=True, message="手入力による連携です。担当者二人が端末の表示を入力します。")

    def check(self) -> list[CheckResult]:
        """The place is there."""
        health = self.health()
        remedy = "" if health.ok else "連携フォルダーの設定を確かめてください。"
        return [
            CheckResult("作業票の置き場", CheckState.OK if health.ok else CheckState.FAILED, health.message, remedy)
        ]

    def wait_for_receipt(self, address: Address) -> bytes | None:
        """Nobody keys within a check."""
        return None

    def _part_for(self, address: Address, by: str) -> str:
        """One's own earlier entry is replaced; the second person's goes beside the first."""
        entries = {part: self._entry(address, part) for part in ("entry1", "entry2")}
        for part, entry in entries.items():
            if entry is None or entry["by"] == by:
                return part
        raise BatchInvalid("すでに別の二人が入力しています。食い違いは、その二人が直してください。")

    def _compare(self, address: Address) -> list[Difference]:
        entries = self._entries(address)
        if len(entries) < 2:
            return []
        first, second = (entry["lines"] for entry in entries)
        columns = self.sheet(address).answer_columns
        found = [
            Difference(at + 1, column)
            for at in range(max(len(first), len(second)))
            for column in columns
            if _value(first, at, column) != _value(second, at, column)
        ]
        if not found:
            head = {self._dialect.batch_key: address.batch_id, self._dialect.count_key: len(first)}
            document = {key: value for key, value in head.items() if key} | {self._dialect.lines_key: first}
            self._store(address, "answer", json.dumps(document, ensure_ascii=False).encode())
        return found

    def _entries(self, address: Address) -> list[dict[str, Any]]:
        return [entry for part in ("entry1", "entry2") if (entry := self._entry(address, part)) is not None]

    def _entry(self, address: Address, part: str) -> dict[str, Any] | None:
        payload = self._load(address, part)
        return None if payload is None else dict(json.loads(payload))

    def _path(self, address: Address, part: str) -> Path:
        return self._place / f"{address.kind.value}_{address.batch_id}.{part}"

    def _store(self, address: Address, part: str, payload: bytes) -> None:
        put_private(
            self._path(address, part),
            seal(payload, self._key, kind=_KIND, tenant=f"{address.kind.value}/{address.batch_id}/{part}"),
        )

    def _load(self, address: Address, part: str) -> bytes | None:
        path = self._path(address, part)
        try:
            return unseal(
                path.read_bytes(), self._key, kind=_KIND, tenant=f"{address.kind.value}/{address.batch_id}/{part}"
            )
        except FileNotFoundError:
            return None
        except (OSError, SealedFileError):
            raise CommunicationError(
                "封緘した作業票を読めません。鍵か置き場が変わっていないか確かめてください。"
            ) from None


def _value(lines: Sequence[Values], at: int, column: str) -> str | None:
    return lines[at].get(column) if at < len(lines) else None
