"""What the other side remembers: who is registered under which number, and the batches it took.

On disk a batch is a sealed file of its own; an individual number is never there in the clear.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integrations.atena_adapters.fields import Row
from integrations.atena_adapters.requests import RequestKind
from integrations.sealed_file import open_sealed, seal_file

_KIND = "simulator-batch"
_TENANT = "simulator"
_SUFFIX = ".sealed"


@dataclass(slots=True)
class Batch:
    """One batch as it was taken.  `accepted_at` is in seconds since 1970; `delivered` holds answered line ids."""

    kind: RequestKind
    batch_id: str
    sequence: int
    made_at: str
    sha256: str
    accepted_at: float
    rows: list[Row] = field(repr=False)
    rejected: dict[str, str] = field(repr=False)
    parts: int = 0
    delivered: set[str] = field(default_factory=set, repr=False)

    def to_json(self) -> dict[str, Any]:
        """For the sealed file."""
        values: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        return values | {"kind": self.kind.value, "delivered": sorted(self.delivered)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Batch:
        """From the sealed file."""
        changed = {"kind": RequestKind(values["kind"]), "delivered": set(values["delivered"])}
        return cls(**(values | changed))


class Ledger:
    """Registrations and batches, in memory and sealed on disk when a folder is given."""

    def __init__(self, key: bytes, folder: Path | None = None) -> None:
        self._key = key
        self._folder = folder
        self._batches: dict[tuple[RequestKind, str], Batch] = {}
        self._numbers: dict[str, str] = {}
        self._by_unified: dict[str, str] = {}
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._load(folder)

    def find(self, kind: RequestKind, batch_id: str) -> Batch | None:
        """A batch taken earlier."""
        return self._batches.get((kind, batch_id))

    def batches(self) -> list[Batch]:
        """All batches, oldest first."""
        return sorted(self._batches.values(), key=lambda batch: batch.accepted_at)

    def take(self, batch: Batch) -> None:
        """Remember a batch and what it registers."""
        self._remember(batch)
        self.save(batch)

    def save(self, batch: Batch) -> None:
        """Write a batch to disk."""
        if self._folder is not None:
            name = f"{batch.kind.value}-{batch.batch_id}{_SUFFIX}"
            text = json.dumps(batch.to_json(), ensure_ascii=False).encode()
            seal_file(self._folder / name, text, self._key, kind=_KIND, tenant=_TENANT)

    def individual_number(self, atena_number: str, unified_number: str = "") -> str | None:
        """Whose number was registered under an addressee number (or unified number)."""
        return self._numbers.get(atena_number) or self._by_unified.get(unified_number)

    def unified_number(self, individual_number: str) -> str:
        """The 団体内統合宛名番号: the same for the same individual number, whoever registers it."""
        digest = hmac.digest(self._key, individual_number.encode(), hashlib.sha256)
        return "9" + str(int.from_bytes(digest[:8]) % 10**14).zfill(14)

    def _remember(self, batch: Batch) -> None:
        self._batches[batch.kind, batch.batch_id] = batch
        if batch.kind is RequestKind.REGISTRATION:
            for row in batch.rows:
                number = row["individual_number"] or ""
                self._numbers[row["atena_number"] or ""] = number
                self._by_unified[self.unified_number(number)] = number

    def _load(self, folder: Path) -> None:
        files = folder.glob(f"*{_SUFFIX}")
        values = [json.loads(open_sealed(path, self._key, kind=_KIND, tenant=_TENANT)) for path in files]
        for batch in sorted(map(Batch.from_json, values), key=lambda batch: batch.accepted_at):
            self._remember(batch)
