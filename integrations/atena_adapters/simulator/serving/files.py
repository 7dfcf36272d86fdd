"""The file side: looks for requests, leaves receipts and answers.  SFTP serves the same folder."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from integrations.atena_adapters.simulator.damage import cut
from integrations.atena_adapters.simulator.faults import Fault
from integrations.atena_adapters.simulator.items import Row
from integrations.atena_adapters.simulator.ledger import Batch
from integrations.atena_adapters.simulator.naming import Pattern, name_for
from integrations.atena_adapters.simulator.office import Address, Office
from integrations.atena_adapters.simulator.profile import Profile
from integrations.atena_adapters.simulator.serving.placing import Habits, is_complete, put, remove, remove_marker

_LATE_RECEIPT = 0.8
_REPAIR = 0.3
_TAKEN = ".taken"


@dataclass(frozen=True, slots=True)
class Later:
    """A file that is put when its time comes."""

    due: float
    path: Path
    payload: bytes


class FileSide:
    """Watches one folder, about ten times a second."""

    def __init__(self, profile: Profile, office: Office, root: Path, *, step: float = 0.1) -> None:
        self._profile = profile
        self._office = office
        self._step = step
        self._habits = Habits.of(profile)
        places = [profile.option(f"{place}_folder", place) for place in ("request", "receipt", "answer")]
        self._requests, self._receipts, self._answers = (root / str(place) for place in places)
        self._pattern = Pattern(profile, str(profile.option("request_name", "{kind}_{batch}.csv")))
        self._receipt_name = str(profile.option("receipt_name", "{kind}_{batch}_receipt.csv"))
        self._answer_name = str(profile.option("answer_name", "{kind}_{batch}_answer_{part}.csv"))
        self._later: list[Later] = []
        for folder in (self._requests, self._receipts, self._answers):
            folder.mkdir(parents=True, exist_ok=True)
        self._return_claimed()

    def run(self, stop: threading.Event) -> None:
        """Watch until told to stop."""
        while not stop.wait(self._step):
            if self._office.is_open():
                self.look()

    def look(self) -> None:
        """One round: put what was delayed, take requests, deliver answers."""
        due = [later for later in self._later if later.due <= time.monotonic()]
        self._later = [later for later in self._later if later not in due]
        for later in due:
            put(later.path, later.payload, self._habits)
        for path in sorted(self._requests.iterdir()):
            address = self._pattern.read(path.name)
            if address is not None and is_complete(path, self._habits):
                self._take(path, address)
        for batch in self._office.open_batches():
            if self._office.is_ready(batch):
                self._deliver(batch)

    def _take(self, path: Path, address: Address) -> None:
        claimed = path.with_name(path.name + _TAKEN)  # so that a resend in the meantime is another file
        remove_marker(path, self._habits)
        try:
            path.rename(claimed)
        except FileNotFoundError:
            return
        _, receipt = self._office.take(address, claimed.read_bytes())
        target = self._receipts / name_for(self._profile, self._receipt_name, address)
        if self._office.faults.strikes(Fault.LATE_RECEIPT, address.kind):
            self._later.append(Later(time.monotonic() + _LATE_RECEIPT, target, receipt))
        else:
            put(target, receipt, self._habits)
        remove(claimed)

    def _return_claimed(self) -> None:
        """Requests that were taken up before a restart and not answered by a receipt."""
        for claimed in self._requests.glob(f"*{_TAKEN}"):
            put(claimed.with_name(claimed.name.removesuffix(_TAKEN)), claimed.read_bytes(), self._habits)
            remove(claimed)

    def _deliver(self, batch: Batch) -> None:
        rows = new_rows(self._office, batch)
        if not rows or (batch.parts and not self._several):
            return
        strikes = self._office.faults.strikes
        if self._several and len(rows) > 1 and strikes(Fault.OUT_OF_ORDER, batch.kind):
            self._out_of_order(batch, rows)
            return
        payload, part = self._office.write(batch, rows), batch.parts + 1
        self._put(batch, payload, part)
        if strikes(Fault.SAME_SEQUENCE, batch.kind):
            again = self._office.write(batch, [rows[0] | {"reason": "差し替えのサンプルです。"}, *rows[1:]])
            self._later.append(Later(time.monotonic() + _REPAIR, self._path(batch, part), again))
        if strikes(Fault.DOUBLED_FILE, batch.kind):  # at once, so that the receiver sees both in one look
            self._put(batch, payload, part + 1)
            self._office.mark_delivered(batch, [])
        self._office.mark_delivered(batch, rows)

    def _out_of_order(self, batch: Batch, rows: Sequence[Row]) -> None:
        """The second half at once, the first half later."""
        middle = len(rows) // 2
        first, second = (self._office.write(batch, list(part)) for part in (rows[:middle], rows[middle:]))
        at = batch.parts + 1
        self._put(batch, second, at + 1)
        self._later.append(Later(time.monotonic() + _REPAIR, self._path(batch, at), first))
        self._office.mark_delivered(batch, [])
        self._office.mark_delivered(batch, rows)

    @property
    def _several(self) -> bool:
        return "{part" in self._answer_name

    def _path(self, batch: Batch, part: int) -> Path:
        made_at = datetime.fromisoformat(batch.made_at)
        address = Address(batch.kind, batch.batch_id, batch.sequence, made_at)
        return self._answers / name_for(self._profile, self._answer_name, address, part)

    def _put(self, batch: Batch, payload: bytes, part: int) -> None:
        path = self._path(batch, part)
        if self._office.faults.strikes(Fault.PARTIAL_UPLOAD, batch.kind):
            path.with_name(path.name + self._habits.partial).write_bytes(cut(payload))
            self._later.append(Later(time.monotonic() + _REPAIR, path, payload))
        elif self._office.faults.strikes(Fault.TRUNCATED, batch.kind):
            put(path, payload, self._habits)
            path.write_bytes(cut(payload))
            self._later.append(Later(time.monotonic() + _REPAIR, path, payload))
        else:
            put(path, payload, self._habits)


def new_rows(office: Office, batch: Batch) -> list[Row]:
    """The rows not told yet: late lines wait for a part of their own; a held line is told once, and again when released."""
    rows = [row for row in office.answers(batch) if _is_new(batch, row)]
    short = len(rows) > 1 and office.faults.strikes(Fault.MISSING_LINE, batch.kind)
    return rows[:-1] if short else rows


def _is_new(batch: Batch, row: Row) -> bool:
    told_held = batch.parts > 0 and row["result"] == "held"
    return (row[batch.kind.key] or "") not in batch.delivered and row["result"] != "pending" and not told_held
