"""The simulator's own database (SQLite, in its own folder): addressees, batches, copies, records of provision.

An individual number is never stored: a keyed hash tells whether two are the same, which is all 統合宛名 needs here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integrations.atena_adapters.simulator.items import Kind, Row

FILE = "simulator.sqlite3"
_NOT_KEPT = ("individual_number", "name", "kana", "born", "address")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
  kind TEXT, batch TEXT, sequence INTEGER, made_at TEXT, sha256 TEXT, accepted_at REAL, rows TEXT, rejected TEXT,
  results TEXT, parts INTEGER, delivered TEXT, PRIMARY KEY (kind, batch));
CREATE TABLE IF NOT EXISTS addressees (
  atena TEXT PRIMARY KEY, person TEXT, unified TEXT, issued_at REAL, withdrawn_on TEXT, changed_at REAL);
CREATE TABLE IF NOT EXISTS copies (
  number TEXT PRIMARY KEY, atena TEXT, unified TEXT, fiscal_year TEXT, period_from TEXT, period_to TEXT, amount TEXT,
  state TEXT, changed_at REAL);
CREATE TABLE IF NOT EXISTS provisions (
  at REAL, direction TEXT, item TEXT, unified TEXT, reference TEXT, result TEXT, PRIMARY KEY (direction, reference));
CREATE TABLE IF NOT EXISTS incoming (
  reference TEXT PRIMARY KEY, at REAL, institution TEXT, number TEXT, atena TEXT, unified TEXT, state TEXT, decided_at REAL);
CREATE TABLE IF NOT EXISTS steps (at REAL, function TEXT, atena TEXT);
CREATE TABLE IF NOT EXISTS clerk (batch TEXT, line TEXT, act TEXT, PRIMARY KEY (batch, line));
CREATE TABLE IF NOT EXISTS packages (
  direction TEXT, sequence INTEGER, mac TEXT, kind TEXT, batch TEXT, content TEXT, PRIMARY KEY (direction, sequence));
"""


@dataclass(slots=True)
class Batch:
    """One batch as it was taken.  `accepted_at` is in seconds since 1970; `delivered` holds answered line ids.

    `results` are answers that were decided when the batch was taken (numbers issued, changes made).
    """

    kind: Kind
    batch_id: str
    sequence: int
    made_at: str
    sha256: str
    accepted_at: float
    rows: list[Row] = field(repr=False)
    rejected: dict[str, str] = field(repr=False)
    results: dict[str, Row] = field(default_factory=dict, repr=False)
    parts: int = 0
    delivered: set[str] = field(default_factory=set, repr=False)


@dataclass(slots=True)
class Addressee:
    """A 宛名番号 and the person behind it; times in seconds since 1970."""

    atena: str
    person: str = field(repr=False)
    unified: str = field(repr=False)
    issued_at: float
    withdrawn_on: str = ""
    changed_at: float = 0.0


class Ledger:
    """Everything in memory for speed, every change written through; without a folder it forgets at the end."""

    def __init__(self, key: bytes, folder: Path | None = None) -> None:
        self._key = key
        self.lock = threading.RLock()
        self._database = _open(folder)
        self._batches: dict[tuple[Kind, str], Batch] = {}
        self.addressees: dict[str, Addressee] = {}
        self._unified_of: dict[str, str] = {}
        self._by_unified: dict[str, Addressee] = {}
        self._noted: set[tuple[str, str]] = set()
        self._load()

    def person(self, individual_number: str) -> str:
        """The keyed hash that stands for a number."""
        return hmac.digest(self._key, f"person/{individual_number}".encode(), hashlib.sha256).hex()

    def find(self, kind: Kind, batch_id: str) -> Batch | None:
        """A batch taken earlier."""
        return self._batches.get((kind, batch_id))

    def batches(self) -> list[Batch]:
        """All batches, oldest first."""
        return sorted(self._batches.values(), key=lambda batch: batch.accepted_at)

    def take(self, batch: Batch, addressees: Sequence[Addressee] = (), steps: Iterable[tuple[Any, ...]] = ()) -> None:
        """Remember a batch with what it changed; call it inside `transaction`."""
        self.remember(addressees)
        self._database.executemany("INSERT INTO steps VALUES (?, ?, ?)", steps)
        self._write(batch)
        self._batches[batch.kind, batch.batch_id] = batch

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing on disk, one thread at a time."""
        with self.lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            yield

    def delete_taken_before(self, moment: float) -> int:
        """Delete the batches that were taken before a moment, with what clerks decided about them; how many."""
        with self.lock:
            over = [batch for batch in self._batches.values() if batch.accepted_at < moment]
            for batch in over:
                self._database.execute("DELETE FROM clerk WHERE batch = ?", (batch.batch_id,))
                self._database.execute(
                    "DELETE FROM batches WHERE kind = ? AND batch = ?", (batch.kind.value, batch.batch_id)
                )
                del self._batches[batch.kind, batch.batch_id]
            return len(over)

    def save(self, batch: Batch) -> None:
        """Write what was delivered of a batch."""
        with self.lock:
            self._database.execute(
                "UPDATE batches SET parts = ?, delivered = ? WHERE kind = ? AND batch = ?",
                (batch.parts, json.dumps(sorted(batch.delivered)), batch.kind.value, batch.batch_id),
            )

    def remember(self, addressees: Iterable[Addressee]) -> None:
        """Store new or changed addressees."""
        with self.lock:
            for one in addressees:
                self._index(one)
                values = (one.atena, one.person, one.unified, one.issued_at, one.withdrawn_on, one.changed_at)
                self._database.execute("INSERT OR REPLACE INTO addressees VALUES (?, ?, ?, ?, ?, ?)", values)

    def addressee(self, atena_number: str, unified_number: str = "") -> Addressee | None:
        """Who is registered under an addressee number (or unified number)."""
        return self.addressees.get(atena_number) or self._by_unified.get(unified_number)

    def unified_number(self, person: str) -> str | None:
        """The 団体内統合宛名番号 already issued to a person."""
        return self._unified_of.get(person)

    def new_unified_number(self, person: str) -> str:
        """A fresh 15-digit number; always the same for the same person in a fresh ledger."""
        for salt in range(100):
            digest = hmac.digest(self._key, f"unified/{salt}/{person}".encode(), hashlib.sha256)
            number = "9" + str(int.from_bytes(digest[:8]) % 10**14).zfill(14)
            if number not in self._by_unified:
                return number
        raise RuntimeError("no unified number is left")

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """One statement on the own database."""
        with self.lock:
            return self._database.execute(statement, values).fetchall()

    def note_provisions(self, notes: Sequence[tuple[Any, ...]]) -> None:
        """情報提供等記録: (at, direction, item, 団番, reference, result), each reference once."""
        fresh = [note for note in notes if (note[1], note[4]) not in self._noted]
        if fresh:
            with self.lock:
                self._noted.update((note[1], note[4]) for note in fresh)
                self._database.executemany("INSERT OR IGNORE INTO provisions VALUES (?, ?, ?, ?, ?, ?)", fresh)

    def close(self) -> None:
        """Let go of the database."""
        with self.lock:
            self._database.close()

    def counts(self) -> dict[str, int]:
        """How much of everything there is."""
        tables = ("batches", "addressees", "copies", "provisions", "steps", "packages")
        return {
            table: self.execute(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - names of our own
            for table in tables
        }

    def _index(self, one: Addressee) -> None:
        before = self.addressees.get(one.atena)
        if before and before.person != one.person and before.changed_at != one.changed_at:
            self._unified_of.pop(before.person, None)  # a changed number no longer finds the person
        self.addressees[one.atena] = one
        if one.person:
            self._unified_of[one.person] = one.unified
        self._by_unified[one.unified] = one

    def _write(self, batch: Batch) -> None:
        texts = [json.dumps(part, ensure_ascii=False) for part in (batch.rows, batch.rejected, batch.results)]
        values = (batch.kind.value, batch.batch_id, batch.sequence, batch.made_at, batch.sha256, batch.accepted_at)
        tail = (batch.parts, json.dumps(sorted(batch.delivered)))
        self._database.execute(
            "INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, *texts, *tail)
        )

    def _load(self) -> None:
        for one in self.execute("SELECT * FROM addressees ORDER BY issued_at"):
            self._index(Addressee(*one))
        for kind, batch_id, sequence, made_at, sha256, at, rows, rejected, results, parts, delivered in self.execute(
            "SELECT * FROM batches"
        ):
            told = (json.loads(rows), json.loads(rejected), json.loads(results), parts, set(json.loads(delivered)))
            batch = Batch(Kind(kind), batch_id, sequence, made_at, sha256, at, *told)
            self._batches[batch.kind, batch_id] = batch
        self._noted = set(self.execute("SELECT direction, reference FROM provisions"))


def kept(row: Row) -> Row:
    """What is kept of a request line: nothing that says who somebody is."""
    return {item: value for item, value in row.items() if item not in _NOT_KEPT}


def _open(folder: Path | None) -> sqlite3.Connection:
    name = ":memory:"
    if folder is not None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / FILE
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        name = str(path)
    database = sqlite3.connect(name, check_same_thread=False, isolation_level=None, timeout=10)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.executescript(_SCHEMA)
    return database
