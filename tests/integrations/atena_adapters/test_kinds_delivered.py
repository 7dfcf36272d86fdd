"""異動, 副本, lists, answers to held inquiries and 廃止 on every link: three deliveries each, late, doubled, damaged in order, read
in another order, and sent again. Every line ends as if nothing had been, and is done at the other side once.

The simulator runs in this process with its clock in hand, so nothing waits for its hour; `test_fault_table.py` walks all faults with
an inquiry, whose reading is the same code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.atena_adapters.port import (
    EVERYTHING,
    Collection,
    Decided,
    Decision,
    Listed,
    ListingBatch,
    ListingLine,
    ListKind,
    Outcome,
    Pending,
    ProblemCode,
    Provided,
    ProvisionAct,
    ProvisionBatch,
    ProvisionLine,
    ReleaseBatch,
    ReleaseLine,
    UpdateBatch,
    Updated,
    UpdateLine,
    WithdrawalBatch,
    WithdrawalLine,
    Withdrawn,
)
from integrations.atena_adapters.registry import preset
from tests.integrations.atena_adapters.fault_table import LINKS
from tests.integrations.atena_adapters.simulator.inside import inside
from tests.integrations.atena_adapters.simulator.played import Played, played
from tests.integrations.atena_adapters.support import MADE_AT, OPERATOR, PEOPLE, Seed, atena, registration

HOUR = 3600
PAIRS = ((1, 2), (3, 4), (5, 6))
PERIOD = (2026, date(2026, 4, 1), date(2026, 9, 30))
ROWS = ("shuffled:3", "doubled_line:2")
FAULTS: Mapping[str, tuple[str, ...]] = {
    "A": ROWS,  # one answer to a call: no second file, no order of files (as the fault table says)
    "B": (*ROWS, "out_of_order:1", "doubled_file:2", "late_receipt:1"),
    "C": (*ROWS, "out_of_order:1", "doubled_file:2", "late_receipt:1"),
    "D": (*ROWS, "doubled_file:3", "late_receipt:1"),
    "E": (*ROWS, "doubled_file:3", "same_sequence:1"),
    "F": (
        "shuffled:3",
    ),  # what is keyed twice is refused at the entry (test_carried.py); the sheet waits for all answers
}
MAY_SAY = {ProblemCode.DOUBLED, ProblemCode.RECEIPT_MISSING}


@dataclass(frozen=True)
class Course:
    """One kind of message: its name at the simulator, how it is sent, three batches, and what each line comes to."""

    kind: str
    method: str
    batches: tuple[Any, ...]
    outcome: type[Outcome]


@pytest.fixture(scope="module", params=sorted(LINKS))
def opened(
    request: pytest.FixtureRequest, seed: Seed, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Played]]:
    """A link whose other side answers an hour later by its own clock; six people are registered."""
    name = LINKS[request.param]
    server = request.getfixturevalue("postgres") if name == "database" else None
    place: Path = tmp_path_factory.mktemp("link")
    with played(preset(name), seed, place, "--delay", str(HOUR), server=server, run=inside) as link:
        receipt = link.adapter.register(registration(*range(1, 7), batch_id="setup"))
        link.work()
        link.facts["office"].clock.advance(HOUR + 1)
        link.wait(receipt)
        yield request.param, link


def test_each_kind_ends_as_if_its_deliveries_had_come_in_order_once(opened: tuple[str, Played]) -> None:
    letter, link = opened
    _walk(letter, link, _updates())
    provided = _walk(letter, link, _copies())
    numbers = [one.record_number for one in provided if isinstance(one, Provided)]
    assert len(set(numbers)) == len(numbers) == 6
    if link.adapter.capabilities().lists:
        entries = [link.facts["office"].incoming.hold(each, "サンプル市", _now(link))["reference"] for each in numbers]
        listed = _walk(letter, link, _lists())
        assert all(isinstance(one, Listed) and {e.entry for e in one.entries} == set(entries) for one in listed[::2])
        _walk(letter, link, _answers(entries))
    _walk(letter, link, _ends())


def _walk(letter: str, link: Played, course: Course) -> list[Outcome]:
    """Three batches out, late, read out of order, read again, sent again: the outcomes of all lines, in order."""
    office, send = link.facts["office"], getattr(link.adapter, course.method)
    for fault in FAULTS[letter]:
        name, _, times = fault.partition(":")
        office.faults.add(f"{name}@{course.kind}:{times}")
    receipts = [send(batch) for batch in course.batches]
    if letter != "F":
        for receipt in receipts:
            link.work()
            found = link.adapter.collect(receipt)
            assert all(isinstance(one, Pending) for one in found.outcomes.values()), (course.kind, "before its hour")
    office.clock.advance(HOUR + 1)
    said: set[ProblemCode] = set()
    first: dict[int, dict[str, Outcome]] = {}
    for at in (2, 0, 1):
        collection = link.wait(receipts[at], until=_undisturbed)
        first[at] = _told(collection)
        said |= {problem.code for problem in collection.problems}
        assert {type(one) for one in first[at].values()} == {course.outcome}, (course.kind, first[at])
    assert office.faults.left() == {}, "every fault struck"
    assert said <= MAY_SAY
    assert (ProblemCode.DOUBLED in said) == (letter != "F")
    done = _done(office)
    for at, batch in enumerate(course.batches):
        assert _told(link.wait(receipts[at])) == first[at], "read again"
        if letter != "F":  # what two people keyed stands
            assert _told(link.wait(send(batch))) == first[at], "sent again"
        link.adapter.finish(receipts[at], EVERYTHING)
    assert _done(office) == done, "nothing was done twice"
    return [one for at in range(3) for _, one in sorted(first[at].items())]


def _told(found: Collection) -> dict[str, Outcome]:
    """The outcomes; the entries of a list in one order, for a list has none."""
    return {
        line: Listed(tuple(sorted(one.entries, key=lambda entry: entry.entry))) if isinstance(one, Listed) else one
        for line, one in found.outcomes.items()
    }


def _undisturbed(now: Collection) -> bool:
    return now.complete and not any(one.code is ProblemCode.RECEIPT_MISSING for one in now.problems)


def _done(office: Any) -> dict[str, int]:
    """How much the other side's books hold, but for packages, of which a medium makes new ones."""
    counts: dict[str, int] = office.ledger.counts()
    return {name: count for name, count in counts.items() if name != "packages"}


def _now(link: Played) -> float:
    now: float = link.facts["office"].clock.now()
    return now


def _batches(name: str, kind: Any, lines: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(kind(f"{name}{n}", MADE_AT, OPERATOR, sequence=n, lines=each) for n, each in enumerate(lines, start=1))


def _updates() -> Course:
    def line(n: int) -> UpdateLine:
        one = PEOPLE[n - 1]
        return UpdateLine(atena(n), one.name, one.kana, one.born, f"奈良県奈良市サンプル町{n}番地")

    return Course("update", "update", _batches("U", UpdateBatch, [tuple(map(line, pair)) for pair in PAIRS]), Updated)


def _copies() -> Course:
    def line(n: int) -> ProvisionLine:
        return ProvisionLine(f"P{n}", ProvisionAct.ADD, atena(n), *PERIOD, 12_000 + n)

    batches = _batches("C", ProvisionBatch, [tuple(map(line, pair)) for pair in PAIRS])
    return Course("provision", "provide", batches, Provided)


def _lists() -> Course:
    """What waits, and the records of both ways."""
    span = (date.today() - timedelta(days=300), date.today() + timedelta(days=300))  # noqa: DTZ011 - a long period
    lines = [
        (ListingLine(f"N{n}", ListKind.INCOMING, *span), ListingLine(f"R{n}", ListKind.RECORDS, *span))
        for n in range(1, 4)
    ]
    return Course("listing", "fetch_lists", _batches("L", ListingBatch, list(lines)), Listed)


def _answers(entries: list[str]) -> Course:
    lines = [
        (
            ReleaseLine(f"A{n}", entries[n], Decision.RELEASE),
            ReleaseLine(f"B{n}", entries[n + 3], Decision.REFUSE, "本人からの申出のため"),
        )
        for n in range(3)
    ]
    return Course("release", "release", _batches("A", ReleaseBatch, list(lines)), Decided)


def _ends() -> Course:
    lines = [tuple(WithdrawalLine(atena(n), date(2026, 3, 31)) for n in pair) for pair in PAIRS]
    return Course("withdrawal", "withdraw", _batches("W", WithdrawalBatch, list(lines)), Withdrawn)
