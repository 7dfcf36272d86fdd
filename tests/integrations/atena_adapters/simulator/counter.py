"""The simulator's counter without a process: for tests that look at the bytes it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from integrations.atena_adapters.simulator.clock import Clock
from integrations.atena_adapters.simulator.conduct import Conduct
from integrations.atena_adapters.simulator.faults import Faults
from integrations.atena_adapters.simulator.items import Kind, Row
from integrations.atena_adapters.simulator.ledger import Batch, Ledger
from integrations.atena_adapters.simulator.network import Network
from integrations.atena_adapters.simulator.office import Address, Office
from integrations.atena_adapters.simulator.population import Person
from integrations.atena_adapters.simulator.profile import Profile, load
from integrations.atena_adapters.simulator.wire import messages
from integrations.atena_adapters.simulator.wire.messages import Envelope
from tests.integrations.atena_adapters.support import NARA, PEOPLE, atena

KEY = b"sample-key-of-exactly-32-bytes!!"
MADE_AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)


def office(
    preset: str = "sftp",
    *faults: str,
    conduct: Conduct | None = None,
    people: Sequence[Person] = PEOPLE,
    state: Path | None = None,
) -> Office:
    """A counter that answers at once."""
    conduct, ledger = replace(conduct or Conduct(), answer=0.0), Ledger(KEY, state)
    network = Network(people, conduct, ledger.person)
    return Office(load(preset).form, ledger, network, Faults(faults), conduct, Clock())


def request(counter: Office, kind: Kind, rows: Sequence[Row], batch_id: str) -> bytes:
    """A request as it comes in."""
    return messages.write(counter.form, kind.value, rows, Envelope(batch_id, 7, date(2026, 6, 1)))


def registration(*numbers: int) -> list[Row]:
    """Lines of 付番依頼 of the sample people."""
    return [
        {
            "atena_number": atena(n), "individual_number": p.individual_number, "name": p.name, "kana": p.kana,
            "born": p.born.isoformat(), "address": p.address,
        }
        for n in numbers
        for p in (PEOPLE[n - 1],)
    ]  # fmt: skip


def inquiry(kind: str, *numbers: int, year: int = 2026) -> list[Row]:
    """Lines of 情報照会."""
    return [
        {
            "line_id": f"L{n}", "atena_number": atena(n), "kind": kind, "base_date": "2025-12-31", "tax_year": str(year),
            "base_address": NARA,
        }
        for n in numbers
    ]  # fmt: skip


def take(counter: Office, kind: Kind, rows: Sequence[Row], batch_id: str) -> Batch:
    """Hand a request in; it must be taken."""
    taken, receipt = counter.take(Address(kind, batch_id, 7, MADE_AT), request(counter, kind, rows, batch_id))
    assert taken, receipt.decode(counter.form.encoding, errors="replace")
    batch = counter.ledger.find(kind, batch_id)
    assert batch is not None
    return batch


def asked(counter: Office, kind: str, *numbers: int, batch_id: str = "Q", year: int = 2026) -> Batch:
    """Register people and inquire about them."""
    take(counter, Kind.REGISTRATION, registration(*numbers), f"R{batch_id}")
    return take(counter, Kind.INQUIRY, inquiry(kind, *numbers, year=year), batch_id)


def read_back(counter: Office, batch: Batch, payload: bytes) -> list[Row]:
    """The lines of an answer."""
    return [line.values for line in messages.read(counter.form, batch.kind.answer, payload, batch.batch_id)]


def profile_of(preset: str) -> Profile:
    """The profile of a preset."""
    return load(preset)
