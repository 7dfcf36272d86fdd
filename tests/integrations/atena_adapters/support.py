"""A small fictitious population, a simulator as a real process, and the batches that the suites send."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from integrations.atena_adapters.config import AdapterConfig, FolderTransport
from integrations.atena_adapters.individual_numbers import sample_number
from integrations.atena_adapters.port import (
    AtenaAdapter,
    Collection,
    Hidden,
    InquiryBatch,
    InquiryKind,
    InquiryLine,
    Operator,
    RegistrationBatch,
    RegistrationLine,
    SubmissionReceipt,
)
from integrations.atena_adapters.registry import Bounds, build, relocated
from integrations.atena_adapters.simulator.population import Person, TaxRecord, write_population
from integrations.sealed_file import make_key_file
from tests.support.ending import ended

ROOT = Path(__file__).parents[3]
TOKEN = "sample-token"
OPERATOR = Operator("S0001", "K0001", "R8-0001")
NARA = "奈良県奈良市サンプル町1番地"
MADE_AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)


def _person(n: int, name: str, kana: str, born: date, **more: Any) -> Person:
    more.setdefault("tax", TaxRecord(municipality="奈良県奈良市", total_income=1_000_000 + n, social_insurance=200_000))
    return Person(
        individual_number=sample_number(7, n), name=name, kana=kana, born=born, address=NARA, household="サ1", **more
    )


PEOPLE = (
    _person(1, "サンプル　髙一", "サンプル　タカイチ", date(1980, 1, 31)),
    _person(2, "サンプル　𠮷子", "サンプル　ヨシコ", date(1989, 1, 7), welfare=True, welfare_from=date(2025, 4, 1)),
    _person(3, "サンプル　三郎", "サンプル　サブロー", date(1989, 1, 8), tax=TaxRecord(status="undeclared", municipality="奈良市")),
    _person(4, "サンプル　四葉", "サンプル　ヨツバ", date(2019, 4, 30), tax=TaxRecord(status="no_record")),
    _person(5, "サンプル　五月", "サンプル　サツキ", date(2019, 5, 1), tax=TaxRecord(municipality="大阪府大阪市")),
    _person(6, "サンプル　六実", "サンプル　ムツミ", date(1975, 12, 1), behaviours=frozenset({"hold:tax"})),
    _person(7, "サンプル　七海", "サンプル　ナナミ", date(1976, 12, 1), behaviours=frozenset({"refuse:tax"})),
    _person(8, "サンプル　八重", "サンプル　ヤエ", date(1977, 12, 1), behaviours=frozenset({"late:tax"})),
    _person(9, "サンプル　九太", "サンプル　キュウタ", date(1978, 12, 1), behaviours=frozenset({"communication_error:tax"})),
    _person(10, "サンプル　十和", "サンプル　トワ", date(1979, 12, 1), behaviours=frozenset({"no_linkage"})),
    _person(11, "サンプル　士郎", "サンプル　シロウ", date(1980, 12, 1), behaviours=frozenset({"wrong_birth_date"})),
    _person(
        12, "サンプル　空子", "サンプル　クウコ", date(1981, 12, 1),
        tax=TaxRecord(municipality="奈良市", total_income=0, retirement_income="", forest_income=None),
    ),
)  # fmt: skip


def atena(n: int) -> str:
    """Our addressee number of the n-th sample person."""
    return f"A{n:07d}"


def registration(*numbers: int, batch_id: str) -> RegistrationBatch:
    """A registration of sample people under their own numbers."""
    lines = tuple(
        RegistrationLine(atena(n), p.individual_number, p.name, p.kana, p.born, p.address)
        for n in numbers
        for p in (PEOPLE[n - 1],)
    )
    return RegistrationBatch(batch_id, MADE_AT, OPERATOR, lines=lines)


def inquiry(kind: InquiryKind, *numbers: int, batch_id: str, address: str = NARA) -> InquiryBatch:
    """An inquiry of one kind about sample people; line ids are `L1`, `L2`, ..."""
    lines = tuple(InquiryLine(f"L{n}", atena(n), kind, date(2025, 12, 31), 2026, address) for n in numbers)
    return InquiryBatch(batch_id, MADE_AT, OPERATOR, lines=lines)


@dataclass
class Keeper:
    """Remembers every exchange as it went over the wire, and what may stay of it."""

    kept: list[tuple[str, str, bytes]] = field(default_factory=list)
    stays: list[tuple[str, str, bytes]] = field(default_factory=list)

    def keep(self, direction: str, name: str, payload: bytes, hidden: Hidden | None = None) -> None:
        """Note one exchange."""
        self.kept.append((direction, name, payload))
        self.stays.append((direction, name, hidden() if hidden else payload))


@dataclass
class Running:
    """A simulator process and an adapter that talks to it."""

    config: AdapterConfig
    adapter: AtenaAdapter
    keeper: Keeper

    @property
    def folder(self) -> Path:
        """The exchange folder of a folder transport."""
        transport = self.config.transport
        assert isinstance(transport, FolderTransport)
        return Path(transport.folder)

    def wait(self, receipt: SubmissionReceipt, *, until: Callable[[Collection], bool] | None = None) -> Collection:
        """Collect until complete (or until the condition holds), at most eight seconds."""
        done = until or (lambda collection: collection.complete)
        deadline = time.monotonic() + 8
        while not done(collection := self.adapter.collect(receipt)):
            assert time.monotonic() < deadline, collection.problems
            time.sleep(0.02)
        return collection

    def registered(self, *numbers: int) -> None:
        """Register sample people and see it done."""
        batch = registration(*(numbers or range(1, 13)), batch_id="setup")
        self.wait(self.adapter.register(batch))


@dataclass
class Seed:
    """Where the population and its key lie."""

    population: Path
    key_file: Path
    token_file: Path


def make_seed(folder: Path, people: Sequence[Person] = PEOPLE) -> Seed:
    """Seal a population under a new key."""
    seed = Seed(folder / "people.sealed", folder / "key", folder / "token")
    write_population(seed.population, people, make_key_file(seed.key_file))
    seed.token_file.write_text(TOKEN)
    return seed


@contextmanager
def simulator(config: AdapterConfig, seed: Seed, work: Path, *options: str) -> Iterator[Running]:
    """The simulator for a configuration, as a process of its own, until the block ends."""
    folder = isinstance(config.transport, FolderTransport)
    profile = work / "profile.json"
    profile.write_text(config.model_dump_json())
    place = ["--folder", str(work / "exchange")] if folder else ["--http-port", "0"]
    given = (*place, "--token-file", str(seed.token_file), "--late", "0.4", *options)
    with process(profile, seed, *given) as started:
        url = f"http://127.0.0.1:{started.get('port')}"
        here = relocated(config, base_url="" if folder else url, folder=started.get("folder", ""))
        keeper = Keeper()
        adapter = build(here, keep=keeper, secrets={"token": SecretStr(TOKEN)}, bounds=Bounds(work))
        yield Running(here, adapter, keeper)


@contextmanager
def process(profile: Path, seed: Seed, *options: str) -> Iterator[dict[str, Any]]:
    """The one starter of the process; what it said when it was ready. A later option takes the place of an earlier one."""
    started = subprocess.Popen(
        [
            sys.executable, "-m", "integrations.atena_adapters.simulator", "--profile", str(profile),
            "--population", str(seed.population), "--key-file", str(seed.key_file), "--delay", "0.05", "--late", "0.3",
            "--step", "0.02", *options,
        ],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert started.stdout is not None
        yield json.loads(started.stdout.readline()) | {"pid": started.pid}
    finally:
        ended(started)
