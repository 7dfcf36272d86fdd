"""The clerk at the other side with a medium: reads `to_atena`, answers every package, writes `from_atena`."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from integrations.atena_adapters.simulator.damage import cut
from integrations.atena_adapters.simulator.faults import Fault
from integrations.atena_adapters.simulator.items import Row
from integrations.atena_adapters.simulator.ledger import Batch
from integrations.atena_adapters.simulator.office import Address, Office
from integrations.atena_adapters.simulator.profile import Profile
from integrations.atena_adapters.simulator.serving.files import new_rows
from integrations.atena_adapters.simulator.serving.package import Keys, NotOurs, Package, close, open_package
from integrations.atena_adapters.simulator.serving.placing import Habits, put

TO, FROM = "to_atena", "from_atena"
REFUSED = "refused.jsonl"
_REPAIR = 0.3
_ANOTHER = "999999"


class MediumSide:
    """Works through the medium.  Sequences and what was taken are in the ledger."""

    def __init__(self, profile: Profile, office: Office, medium: Path, secret: str, *, step: float) -> None:
        self._profile = profile
        self._office = office
        self._step = step
        self._keys = Keys.of(secret)
        self._to, self._from = medium / TO, medium / FROM
        self._own = str(profile.option("peer_name", "ATENA"))
        self._peer = str(profile.option("own_name", "SHOREI"))
        self._tenant = str(profile.option("tenant", ""))
        self._told: set[tuple[str, str, int]] = set()
        self._later: list[tuple[float, Path, bytes]] = []
        for folder in (self._to, self._from):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop."""
        while not stop.wait(self._step):
            if self._office.is_open():
                self.look()

    def look(self) -> None:
        """One round."""
        for due, path, data in [later for later in self._later if later[0] <= time.monotonic()]:
            put(path, data, Habits())
            self._later.remove((due, path, data))
        for path in sorted(self._to.glob("*.pkg")):
            self._read(path)
        for batch in self._office.open_batches():
            if self._office.is_ready(batch):
                self._deliver(batch)

    def _read(self, path: Path) -> None:
        data, last = path.read_bytes(), self._last(TO)
        try:
            package = open_package(data, self._keys)
        except NotOurs as error:
            self._refuse(path.name, data.hex()[:64], last, str(error))
            return
        sequence, kind = package.manifest["sequence"], self._profile.kind_of(package.manifest["kind"])
        known = self._office.ledger.execute(
            "SELECT mac FROM packages WHERE direction = ? AND sequence = ?", (TO, sequence)
        )
        if known == [(package.mac,)]:
            return
        trouble = "同じ通番の別の内容です。" if known else self._trouble(package, last)
        if kind is None or trouble:
            self._refuse(path.name, package.mac, last, trouble or "知らない種類の依頼です。", package)
            return
        batch_id = str(package.manifest["batch"])
        self._office.ledger.execute(
            "INSERT INTO packages VALUES (?, ?, ?, ?, ?, ?)",
            (TO, sequence, package.mac, kind.value, batch_id, "request"),
        )
        _, receipt = self._office.take(Address(kind, batch_id), package.payload)
        self._write(kind.value, batch_id, "receipt", 0, receipt, 1)

    def _trouble(self, package: Package, last: int) -> str:
        told = package.manifest
        if (told["tenant"], told["sender"], told["receiver"]) != (self._tenant, self._peer, self._own):
            return "別の団体か別の宛先の媒体ファイルです。"
        if told["direction"] != TO or told["content"] != "request":
            return "依頼ではありません。"
        if not str(told["approval"]).strip():
            return "決裁番号がありません。"
        if told["previous"] != last or told["sequence"] != last + 1:
            return "通番が続いていません。"
        return ""

    def _refuse(self, name: str, mac: str, last: int, reason: str, package: Package | None = None) -> None:
        """Told once for every state of the sequence: by a receipt when the sender is known, otherwise on a list."""
        if (name, mac, last) in self._told:
            return
        self._told.add((name, mac, last))
        kind = self._profile.kind_of(package.manifest["kind"]) if package else None
        if package is None or kind is None:
            with (self._from / REFUSED).open("a", encoding="utf-8") as file:
                file.write(json.dumps({"file": name, "reason": reason}, ensure_ascii=False) + "\n")
            return
        batch_id = str(package.manifest["batch"])
        row: Row = {"line_id": "", "status": "rejected", "reason": reason, "accepted": "0", "rejected": "0"}
        row["sha256"] = hashlib.sha256(package.payload).hexdigest()
        self._write(kind.value, batch_id, "receipt", 0, self._office.receipt([row], Address(kind, batch_id)), 1)

    def _deliver(self, batch: Batch) -> None:
        rows = new_rows(self._office, batch)
        if not rows:
            return
        strikes, part = self._office.faults.strikes, batch.parts + 1
        payload = self._office.write(batch, rows)
        self._write(batch.kind.value, batch.batch_id, "answer", part, payload, len(rows))
        if strikes(Fault.SAME_SEQUENCE, batch.kind):
            self._replace(batch, rows, part)
        if strikes(Fault.DOUBLED_FILE, batch.kind):
            self._write(batch.kind.value, batch.batch_id, "answer", part + 1, payload, len(rows))
            self._office.mark_delivered(batch, [])
        self._office.mark_delivered(batch, rows)

    def _replace(self, batch: Batch, rows: Sequence[Row], part: int) -> None:
        """Another package under the sequence just used."""
        again = self._office.write(batch, [rows[0] | {"reason": "差し替えのサンプルです。"}, *rows[1:]])
        sequence = self._last(FROM)
        data = self._closed(batch.kind.value, batch.batch_id, "answer", part, again, len(rows), sequence)
        self._later.append((time.monotonic() + _REPAIR, self._path(sequence), data))

    def _write(self, kind: str, batch_id: str, content: str, part: int, payload: bytes, count: int) -> None:
        sequence = self._last(FROM) + 1
        data = self._closed(kind, batch_id, content, part, payload, count, sequence)
        self._office.ledger.execute(
            "INSERT INTO packages VALUES (?, ?, '', ?, ?, ?)", (FROM, sequence, kind, batch_id, content)
        )
        strikes = self._office.faults.strikes
        if content == "answer" and strikes(Fault.WRONG_TENANT, kind):  # told by our receipt, it writes that number anew
            self._later.append((time.monotonic() + _REPAIR, self._path(sequence), data))
            data = self._closed(kind, batch_id, content, part, payload, count, sequence, tenant=_ANOTHER)
        if content == "answer" and (strikes(Fault.TRUNCATED, kind) or strikes(Fault.PARTIAL_UPLOAD, kind)):
            self._later.append((time.monotonic() + _REPAIR, self._path(sequence), data))
            data = cut(data)
        put(self._path(sequence), data, Habits())

    def _closed(
        self,
        kind: str,
        batch_id: str,
        content: str,
        part: int,
        payload: bytes,
        count: int,
        sequence: int,
        tenant: str = "",
    ) -> bytes:
        found = self._profile.kind_of(kind)
        manifest = {
            "tenant": tenant or self._tenant, "sender": self._own, "receiver": self._peer, "direction": FROM,
            "content": content, "kind": self._profile.word(found) if found else kind, "batch": batch_id, "part": part,
            "sequence": sequence, "previous": sequence - 1, "count": count,
            "layout_version": str(self._profile.workflow.get("layout_version", "")),
            "made_at": self._office.own_time().isoformat(), "made_by": self._own, "approval": "",
        }  # fmt: skip
        return close(manifest, payload, self._keys)

    def _path(self, sequence: int) -> Path:
        return self._from / f"{FROM}_{sequence:06d}.pkg"

    def _last(self, direction: str) -> int:
        found = self._office.ledger.execute("SELECT max(sequence) FROM packages WHERE direction = ?", (direction,))
        return int(found[0][0] or 0)
