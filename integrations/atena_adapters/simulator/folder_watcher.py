"""The folder side: looks for requests, leaves receipts and answers."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from integrations.atena_adapters.config import FolderTransport
from integrations.atena_adapters.fields import Row
from integrations.atena_adapters.simulator.damage import cut
from integrations.atena_adapters.simulator.faults import Fault, Faults
from integrations.atena_adapters.simulator.ledger import Batch
from integrations.atena_adapters.simulator.names import NamePattern, name_for
from integrations.atena_adapters.simulator.office import Office
from integrations.atena_adapters.transports.base import Address
from integrations.atena_adapters.transports.dropping import drop_file, marker_of, remove

_LATE_RECEIPT = 0.8
_REPAIR = 0.3
_TAKEN = ".taken"


@dataclass(frozen=True, slots=True)
class Later:
    """A file that is put when its time comes."""

    due: float
    path: Path
    payload: bytes


class FolderWatcher:
    """Watches one folder, about ten times a second."""

    def __init__(self, config: FolderTransport, office: Office, faults: Faults, *, step: float = 0.1) -> None:
        self._config = config
        self._office = office
        self._faults = faults
        self._step = step
        self._root = Path(config.folder).resolve()
        self._pattern = NamePattern(config.request_name, config.names)
        self._later: list[Later] = []
        for name in (config.request_folder, config.receipt_folder, config.answer_folder):
            (self._root / name).mkdir(parents=True, exist_ok=True)
        self._return_claimed()

    def run(self, stop: threading.Event) -> None:
        """Watch until told to stop."""
        while not stop.wait(self._step):
            self.look()

    def look(self) -> None:
        """One round: put what was delayed, take requests, deliver answers."""
        due = [later for later in self._later if later.due <= time.monotonic()]
        self._later = [later for later in self._later if later not in due]
        for later in due:
            drop_file(later.path, later.payload, self._config)
        for path in sorted((self._root / self._config.request_folder).iterdir()):
            address = self._pattern.read(path.name)
            if address is not None:
                self._take(path, address)
        for batch in self._office.open_batches():
            if self._office.is_ready(batch):
                self._deliver(batch)

    def _take(self, path: Path, address: Address) -> None:
        claimed = self._claim(path)
        if claimed is None:
            return
        _, receipt = self._office.take(address, claimed.read_bytes())
        target = self._root / self._config.receipt_folder
        target = target / name_for(self._config.receipt_name, self._config.names, address)
        if self._faults.strikes(Fault.LATE_RECEIPT, address.kind):
            self._later.append(Later(time.monotonic() + _LATE_RECEIPT, target, receipt))
        else:
            drop_file(target, receipt, self._config)
        remove(claimed)

    def _claim(self, path: Path) -> Path | None:
        """The request under a name of our own, so that a resend in the meantime is another file."""
        marked = self._config.completion == "marker"
        if marked and not remove(marker_of(path, self._config)):
            return None
        claimed = path.with_name(path.name + _TAKEN)
        try:
            path.rename(claimed)
        except FileNotFoundError:
            return None
        return claimed

    def _return_claimed(self) -> None:
        """Requests that were taken up before a restart and not answered by a receipt."""
        for claimed in (self._root / self._config.request_folder).glob(f"*{_TAKEN}"):
            drop_file(claimed.with_name(claimed.name.removesuffix(_TAKEN)), claimed.read_bytes(), self._config)
            remove(claimed)

    def _deliver(self, batch: Batch) -> None:
        rows = [row for row in self._office.answers(batch) if self._is_new(batch, row)]
        if not rows or (batch.parts and not self._config.several_answers):
            return
        payload = self._office.write(batch, rows)
        doubled = self._faults.strikes(Fault.DOUBLED_FILE, batch.kind)
        self._put(batch, payload, batch.parts + 1)
        if doubled:  # at once, so that the receiver sees both in one look
            self._put(batch, payload, batch.parts + 2)
        self._office.mark_delivered(batch, rows)
        if doubled:
            self._office.mark_delivered(batch, [])

    def _is_new(self, batch: Batch, row: Row) -> bool:
        """Late lines wait for a part of their own; a held line is told once, then again when released."""
        line_id = row.get("line_id") or row.get("atena_number") or ""
        told_held = batch.parts > 0 and row["result"] == "held"
        return line_id not in batch.delivered and row["result"] != "pending" and not told_held

    def _put(self, batch: Batch, payload: bytes, part: int) -> None:
        made_at = datetime.fromisoformat(batch.made_at)
        address = Address(batch.kind, batch.batch_id, batch.sequence, made_at)
        name = name_for(self._config.answer_name, self._config.names, address, part)
        path = self._root / self._config.answer_folder / name
        if self._faults.strikes(Fault.PARTIAL_UPLOAD, batch.kind):
            path.with_name(name + self._config.partial_suffix).write_bytes(cut(payload))
            self._later.append(Later(time.monotonic() + _REPAIR, path, payload))
        elif self._faults.strikes(Fault.TRUNCATED, batch.kind):
            drop_file(path, payload, self._config)
            path.write_bytes(cut(payload))
            self._later.append(Later(time.monotonic() + _REPAIR, path, payload))
        else:
            drop_file(path, payload, self._config)
