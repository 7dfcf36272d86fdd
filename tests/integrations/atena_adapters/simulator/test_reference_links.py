"""Every reference preset against the simulator's process: six kinds of request over the real transport."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from integrations.atena_adapters.port import (
    Answered,
    Held,
    InquiryKind,
    LinkageBatch,
    LinkageLine,
    Linked,
    NotAccepted,
    NotFound,
    NotLinked,
    Outcome,
    Provided,
    ProvisionAct,
    ProvisionBatch,
    ProvisionLine,
    Refused,
    Registered,
    TaxFacts,
    UpdateBatch,
    Updated,
    UpdateLine,
    WithdrawalBatch,
    WithdrawalLine,
    Withdrawn,
)
from integrations.atena_adapters.registry import preset
from tests.integrations.atena_adapters.simulator.played import Played, played
from tests.integrations.atena_adapters.support import (
    MADE_AT,
    OPERATOR,
    PEOPLE,
    Seed,
    atena,
    inquiry,
    make_seed,
    registration,
)

REFERENCE = ("rest", "sftp", "fixed", "database", "medium", "terminal")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Seed:
    """The sealed population."""
    return make_seed(tmp_path_factory.mktemp("seed"))


@pytest.fixture(scope="module", params=REFERENCE)
def link(request: pytest.FixtureRequest, people: Seed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """A reference adapter with the simulator at the other end, everybody registered."""
    server = request.getfixturevalue("postgres") if request.param == "database" else None
    with played(preset(request.param), people, tmp_path_factory.mktemp("link"), server=server) as opened:
        receipt = opened.adapter.register(registration(*range(1, 13), batch_id="setup"))
        outcomes = opened.wait(receipt).outcomes
        assert all(isinstance(outcome, Registered) for outcome in outcomes.values()), outcomes
        yield opened


def _ask(link: Played, kind: InquiryKind, *numbers: int, batch_id: str) -> dict[str, Outcome]:
    return dict(link.wait(link.adapter.submit_inquiry(inquiry(kind, *numbers, batch_id=batch_id))).outcomes)


def test_facts_come_back(link: Played) -> None:
    outcomes = _ask(link, InquiryKind.TAX, 1, 4, 6, 7, 10, 12, batch_id="tax")
    first = outcomes["L1"]
    assert isinstance(first, Answered)
    assert isinstance(first.facts, TaxFacts)
    assert (first.facts.total_income, first.facts.tax_year) == (1_000_001, 2026)
    assert (first.facts.person.name, first.facts.person.born) == ("サンプル　高一", date(1980, 1, 31))
    assert isinstance(outcomes["L12"], Answered)
    kinds = [type(outcomes[line]) for line in ("L4", "L6", "L7", "L10")]
    assert kinds == [NotFound, Held, Refused, Refused]


def test_welfare_and_resident_facts_come_back(link: Played) -> None:
    assert isinstance(_ask(link, InquiryKind.WELFARE, 2, batch_id="welfare")["L2"], Answered)
    assert isinstance(_ask(link, InquiryKind.RESIDENT, 1, 2, batch_id="resident")["L2"], Answered)


def test_linkage_codes_are_told_apart(link: Played) -> None:
    batch = LinkageBatch("linkage", MADE_AT, OPERATOR, lines=(LinkageLine(atena(1)), LinkageLine(atena(10))))
    outcomes = link.wait(link.adapter.check_linkage(batch)).outcomes
    assert isinstance(outcomes[atena(1)], Linked)
    assert isinstance(outcomes[atena(10)], NotLinked)


def test_copies_are_added_changed_and_deleted(link: Played) -> None:
    def provide(batch_id: str, *lines: ProvisionLine) -> dict[str, Outcome]:
        receipt = link.adapter.provide(ProvisionBatch(batch_id, MADE_AT, OPERATOR, lines=lines))
        return dict(link.wait(receipt).outcomes)

    period = (2026, date(2026, 4, 1), date(2026, 9, 30))
    added = provide("copy1", ProvisionLine("P1", ProvisionAct.ADD, atena(1), *period, 12_000))["P1"]
    assert isinstance(added, Provided)
    number = added.record_number
    changed = ProvisionLine("P2", ProvisionAct.CHANGE, atena(1), *period, 13_000, number)
    strange = ProvisionLine("P3", ProvisionAct.DELETE, atena(2), *period, 0, number)
    outcomes = provide("copy2", changed, strange)
    assert isinstance(outcomes["P2"], Provided)
    assert isinstance(outcomes["P3"], NotAccepted)
    gone = provide("copy3", ProvisionLine("P4", ProvisionAct.DELETE, atena(1), *period, 0, number))["P4"]
    assert isinstance(gone, Provided)


def test_a_changed_number_keeps_the_unified_number_and_a_withdrawn_one_is_refused(link: Played) -> None:
    one, other = PEOPLE[8], PEOPLE[10]
    lines = (UpdateLine(atena(9), one.name, one.kana, one.born, one.address, other.individual_number),)
    updated = link.wait(link.adapter.update(UpdateBatch("change", MADE_AT, OPERATOR, lines=lines))).outcomes[atena(9)]
    assert isinstance(updated, Updated)
    outcome = _ask(link, InquiryKind.RESIDENT, 9, batch_id="changed")["L9"]
    assert isinstance(outcome, Answered)
    assert outcome.facts.person.kana == other.kana
    ended = WithdrawalBatch("end", MADE_AT, OPERATOR, lines=(WithdrawalLine(atena(8), date(2026, 3, 31)),))
    assert isinstance(link.wait(link.adapter.withdraw(ended)).outcomes[atena(8)], Withdrawn)
    assert isinstance(_ask(link, InquiryKind.RESIDENT, 8, batch_id="ended")["L8"], Refused)


def test_no_file_of_the_other_side_holds_a_number(link: Played) -> None:
    link.wait(link.adapter.register(registration(1, 2, batch_id="quiet")))
    for path in link.place.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not any(person.individual_number.encode() in content for person in PEOPLE), path.name
