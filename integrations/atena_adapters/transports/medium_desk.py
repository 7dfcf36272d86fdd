"""What people do with a medium (atena.md §7): release with an approval number, take in, record the erasing.  Always two of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from pydantic import SecretStr

from integrations.atena_adapters.config import MediumTransport
from integrations.atena_adapters.errors import BatchInvalid
from integrations.atena_adapters.port import ExchangeKeeper
from integrations.atena_adapters.transports.journal import Journal
from integrations.atena_adapters.transports.medium import ARRIVED, RELEASED, WAITING
from integrations.atena_adapters.transports.medium_package import (
    Manifest,
    PackageRefused,
    medium_keys,
    pack,
    unpack,
)
from integrations.atena_adapters.transports.private_files import put_private, remove_private

OUT, BACK = "to_atena", "from_atena"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of one file from the medium."""

    name: str
    sequence: int
    sha256: str
    accepted: bool
    reason: str = ""


class MediumDesk:
    """The acts at the medium of one prefecture.  `who` and `witness` are user names; the same person twice is refused."""

    def __init__(
        self,
        config: MediumTransport,
        place: Path,
        secret: SecretStr,
        *,
        keep: ExchangeKeeper,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._config = config
        self._place = place
        self._keys = medium_keys(secret)
        self._journal = Journal(place)
        self._keeper = keep
        self._clock = clock

    def waiting(self) -> list[Manifest]:
        """What waits for its release, oldest first."""
        paths = (self._place / WAITING).glob("*.pkg")
        return sorted((unpack(path.read_bytes(), self._keys)[0] for path in paths), key=lambda found: found.made_at)

    def release(self, *, approval: str, who: str, witness: str, only: Container[str] | None = None) -> dict[str, bytes]:
        """The files to put into `to_atena/`, by name.  Each gets the next number; a file lost on the way is made by `again`.

        `only`: the digests of the payloads that were approved; what came to wait since then goes on waiting.  A request that was
        released already and is still unconfirmed keeps its number and its file.
        """
        _require_two(who, witness)
        if not approval.strip():
            raise BatchInvalid("媒体による持ち出しには、承認番号(決裁番号)が必要です。")
        files: dict[str, bytes] = {}
        with self._journal.alone():
            for path in sorted((self._place / WAITING).glob("*.pkg")):
                manifest, payload = unpack(path.read_bytes(), self._keys)
                if only is not None and manifest.digest not in only:
                    continue
                if (before := self._released_before(manifest)) is not None:
                    remove_private(path)
                    files[before[0]] = before[1]
                    continue
                last = self._last(OUT)
                manifest = replace(manifest, sequence=last + 1, previous=last, made_by=who, approval=approval.strip())
                name, data = _name(manifest), pack(manifest, payload, self._keys)
                put_private(self._place / RELEASED / name, data)
                self._note("released", manifest, data, who, witness)
                remove_private(path)
                files[name] = data
        return files

    def again(self, sequence: int, *, who: str, witness: str) -> dict[str, bytes]:
        """The very same file once more, while the other side has not confirmed it."""
        _require_two(who, witness)
        name = f"{OUT}_{sequence:06d}.pkg"
        path = self._place / RELEASED / name
        if not path.is_file():
            raise BatchInvalid("この番号の持ち出しファイルは、もう手元にありません。")
        data = path.read_bytes()
        self._note("released_again", unpack(data, self._keys)[0], data, who, witness)
        return {name: data}

    def take_in(self, files: Mapping[str, bytes], *, who: str, witness: str) -> list[TakenIn]:
        """Take in what came back; every file gets its receipt, also one that is refused.  The same file again changes nothing."""
        _require_two(who, witness)
        with self._journal.alone():
            return [self._take(name, files[name], who, witness) for name in sorted(files)]

    def receipts(self, taken: list[TakenIn]) -> bytes:
        """Lines for `to_atena/receipts.jsonl`."""
        at = self._clock().isoformat()
        lines = (
            {"sequence": one.sequence, "sha256": one.sha256, "accepted": one.accepted, "reason": one.reason, "at": at}
            for one in taken
        )
        return "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines).encode()

    def erased(self, files: Mapping[str, bytes], *, who: str, witness: str, method: str, approval: str) -> None:
        """Record that these files were erased from the medium, by whom, before whose eyes and how."""
        digests = {name: sha256(data).hexdigest() for name, data in files.items()}
        self.erased_by_digest(digests, who=who, witness=witness, method=method, approval=approval)

    def erased_by_digest(
        self, digests: Mapping[str, str], *, who: str, witness: str, method: str, approval: str
    ) -> None:
        """The same, where the files themselves are no longer here: SHA-256 by name."""
        _require_two(who, witness)
        if not method.strip() or not approval.strip():
            raise BatchInvalid("廃棄の記録には、方法と承認番号が必要です。")
        self._journal.add(
            act="erased",
            at=self._clock().isoformat(),
            who=who,
            witness=witness,
            method=method.strip(),
            approval=approval.strip(),
            files=dict(digests),
        )

    def journal(self) -> list[dict[str, object]]:
        """Everything that was done, oldest first."""
        return [dict(entry) for entry in self._journal.entries()]

    def _released_before(self, waiting: Manifest) -> tuple[str, bytes] | None:
        """The numbered file of this very request, cut off before it left the waiting ones or sent once more."""
        noted = {entry["name"]: entry["digest"] for entry in self._journal.entries() if entry["act"] == "released"}
        for path in sorted((self._place / RELEASED).glob("*.pkg")):
            data = path.read_bytes()
            manifest, _ = unpack(data, self._keys)
            same = (manifest.kind, manifest.batch, manifest.digest) == (waiting.kind, waiting.batch, waiting.digest)
            if same and noted.get(path.name) == sha256(data).hexdigest():
                return path.name, data
        return None

    def _take(self, name: str, data: bytes, who: str, witness: str) -> TakenIn:
        digest, sequence = sha256(data).hexdigest(), 0
        try:
            manifest, _ = unpack(data, self._keys)
            sequence = manifest.sequence
            known = self._check(manifest, digest)
        except PackageRefused as refusal:
            self._keeper.keep("received", f"refused-package-{digest[:16]}", data)
            self._journal.add(
                act="refused",
                at=self._clock().isoformat(),
                name=name,
                digest=digest,
                reason=str(refusal),
                who=who,
                witness=witness,
            )
            return TakenIn(name, sequence, digest, accepted=False, reason=str(refusal))
        if not known:
            put_private(self._place / ARRIVED / _name(manifest), data)
            self._note("taken", manifest, data, who, witness)
        return TakenIn(name, sequence, digest, accepted=True)

    def _check(self, manifest: Manifest, digest: str) -> bool:
        """Whether this very file was taken in before.  Raises `PackageRefused`."""
        expected = (self._config.tenant, self._config.peer_name, self._config.own_name, BACK)
        if (manifest.tenant, manifest.sender, manifest.receiver, manifest.direction) != expected:
            raise PackageRefused("この団体あてのファイルではありません。取り込みません。")
        earlier = {entry["sequence"]: entry["digest"] for entry in self._journal.entries() if entry["act"] == "taken"}
        if manifest.sequence in earlier:
            if earlier[manifest.sequence] != digest:
                raise PackageRefused("同じ番号で内容の違うファイルです。取り込みません。")
            return True
        last = self._last(BACK)
        if (manifest.sequence, manifest.previous) != (last + 1, last):
            raise PackageRefused(f"番号{last + 1}のファイルがまだ届いていません。順に取り込んでください。")
        return False

    def _last(self, direction: str) -> int:
        act = "released" if direction == OUT else "taken"
        return max((int(entry["sequence"]) for entry in self._journal.entries() if entry["act"] == act), default=0)

    def _note(self, act: str, manifest: Manifest, data: bytes, who: str, witness: str) -> None:
        self._journal.add(
            act=act, at=self._clock().isoformat(), name=_name(manifest), sequence=manifest.sequence, kind=manifest.kind,
            batch=manifest.batch, content=manifest.content, approval=manifest.approval, digest=sha256(data).hexdigest(),
            who=who, witness=witness,
        )  # fmt: skip


def _name(manifest: Manifest) -> str:
    return f"{manifest.direction}_{manifest.sequence:06d}.pkg"


def _require_two(who: str, witness: str) -> None:
    if not who or not witness or who == witness:
        raise BatchInvalid("媒体の取り扱いには、担当者と立会人の二人が必要です。")
