"""The offline medium as a transport: a request waits until two people release it, answers come when two people take them in.

What the people do is in `medium_desk.py`; this side only seals, waits and reads.
"""

from __future__ import annotations

import json
from collections.abc import Container, Sequence
from dataclasses import asdict
from pathlib import Path

from pydantic import SecretStr

from integrations.atena_adapters.config import MediumTransport
from integrations.atena_adapters.errors import CommunicationError
from integrations.atena_adapters.port import CheckResult, CheckState, Health
from integrations.atena_adapters.transports.base import Address, Delivery, digest_of
from integrations.atena_adapters.transports.medium_package import (
    Manifest,
    MediumKeys,
    may_be_of,
    medium_keys,
    pack,
    payload_digest,
    unpack,
)
from integrations.atena_adapters.transports.private_files import put_private, remove_private

WAITING, RELEASED, ARRIVED = "waiting", "released", "arrived"


class MediumLink:
    """The medium transport."""

    by_people = True

    def __init__(self, config: MediumTransport, place: Path, secret: SecretStr, layout_version: str) -> None:
        self._config = config
        self._place = place
        self._keys: MediumKeys = medium_keys(secret)
        self._layout_version = layout_version

    def send(self, address: Address, payload: bytes, content_type: str) -> Delivery:
        """Seal the request and let it wait for its release; the same request again waits once.

        What came upon an earlier journey of this batch is taken away: a request that is sent again is answered again, whole.
        """
        word = self._config.names.word(address.kind)
        manifest = Manifest(
            tenant=self._config.tenant, sender=self._config.own_name, receiver=self._config.peer_name,
            direction="to_atena", content="request", kind=word, batch=address.batch_id, part=0, sequence=0, previous=0,
            count=address.count, layout_version=self._layout_version, made_at=address.made_at.isoformat(), made_by="",
            approval="", digest=payload_digest(payload, self._keys),
        )  # fmt: skip
        put_private(self._waiting(address), pack(manifest, payload, self._keys))
        self._remove_arrived(address)
        return Delivery()

    def fetch_receipt(self, address: Address) -> bytes | None:
        """The newest receipt for this batch that was taken in."""
        found = self._arrived(address, "receipt")
        return found[-1] if found else None

    def fetch_answers(self, address: Address, *, gaps: bool = False) -> Sequence[bytes]:
        """The answers for this batch that were taken in, in the order of their numbers."""
        return self._arrived(address, "answer")

    def withdraw(self, address: Address) -> None:
        """The other side has the request: nothing of it stays here."""
        remove_private(self._waiting(address))
        for path, _, _ in self._packages(RELEASED, address):
            remove_private(path)

    def finish(self, address: Address, read: Container[str]) -> bool:
        """Remove what was taken in for this batch and read; a receipt goes also when a newer one was read in its place."""
        self.withdraw(address)
        arrived = self._packages(ARRIVED, address)
        superseded = [path for path, manifest, _ in arrived if manifest.content == "receipt"][:-1]
        unread = [path for path, _, payload in arrived if path not in superseded and digest_of(payload) not in read]
        for path, _, _ in arrived:
            if path not in unread:
                remove_private(path)
        return not unread

    def health(self) -> Health:
        """Whether the place is there; what waits for people is on the page of the medium."""
        if not self._place.is_dir():
            return Health(ok=False, message="媒体のファイルを置く場所がありません。")
        return Health(ok=True, message="媒体による連携です。持ち出しと取り込みは、担当者二人で行います。")

    def check(self) -> list[CheckResult]:
        """The place is there, and a package of ours opens with the shared key."""
        health = self.health()
        if not health.ok:
            return [
                CheckResult(
                    "媒体の置き場", CheckState.FAILED, health.message, "連携フォルダーの設定を確かめてください。"
                )
            ]
        digest = payload_digest(b"", self._keys)
        manifest = Manifest("0", "", "", "", "", "", "", 0, 0, 0, 0, "", "", "", "", digest)
        opened = unpack(pack(manifest, b"", self._keys), self._keys)
        same = json.dumps(asdict(opened[0])) == json.dumps(asdict(manifest))
        state = CheckState.OK if same else CheckState.FAILED
        return [CheckResult("媒体の置き場", state, "置き場があり、共有の鍵で封緘と開封ができます。")]

    def wait_for_receipt(self, address: Address) -> bytes | None:
        """Nobody carries a medium within a check."""
        return None

    def _waiting(self, address: Address) -> Path:
        return self._place / WAITING / f"{address.kind.value}_{address.batch_id}.pkg"

    def _remove_arrived(self, address: Address) -> None:
        for path, _, _ in self._packages(ARRIVED, address):
            remove_private(path)

    def _arrived(self, address: Address, content: str) -> list[bytes]:
        found = self._packages(ARRIVED, address)
        return [payload for _, manifest, payload in found if manifest.content == content]

    def _packages(self, folder: str, address: Address) -> list[tuple[Path, Manifest, bytes]]:
        word, found = self._config.names.word(address.kind), list[tuple[Path, Manifest, bytes]]()
        try:
            for path in sorted((self._place / folder).glob("*.pkg")):
                data = path.read_bytes()
                if not may_be_of(data, word, address.batch_id):
                    continue  # to open each package for each batch would take the square of the time
                manifest, payload = unpack(data, self._keys)
                if (manifest.kind, manifest.batch) == (word, address.batch_id):
                    found.append((path, manifest, payload))
        except OSError as error:
            raise CommunicationError(f"媒体の置き場を読めません({error.strerror})。", retryable=True) from None
        return found
