"""The six kinds of request of every preset, over its real transport, with the simulator's process at the other end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.config.templates import JAPAN
from integrations.atena_adapters.port import (
    Answered,
    BatchInvalid,
    Held,
    InquiryBatch,
    InquiryKind,
    LinkageBatch,
    LinkageLine,
    Linked,
    NotAccepted,
    NotFound,
    NotLinked,
    Outcome,
    OutOfHours,
    ProblemCode,
    Provided,
    ProvisionAct,
    ProvisionBatch,
    ProvisionLine,
    Refused,
    Registered,
    SubmissionReceipt,
    TaxFacts,
    UpdateBatch,
    Updated,
    UpdateLine,
    WithdrawalBatch,
    WithdrawalLine,
    Withdrawn,
)
from integrations.atena_adapters.registry import Bounds, build, preset, preset_names
from tests.integrations.atena_adapters.cases import CASES
from tests.integrations.atena_adapters.simulator.played import Played, played
from tests.integrations.atena_adapters.support import (
    MADE_AT,
    OPERATOR,
    PEOPLE,
    Keeper,
    Seed,
    atena,
    inquiry,
    registration,
)


@pytest.fixture(scope="module", params=preset_names())
def link(request: pytest.FixtureRequest, seed: Seed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """A preset with the simulator at the other end, everybody registered."""
    server = request.getfixturevalue("postgres") if request.param == "database" else None
    with played(preset(request.param), seed, tmp_path_factory.mktemp("link"), server=server) as opened:
        receipt = opened.adapter.register(registration(*range(1, 13), batch_id="setup"))
        outcomes = opened.wait(receipt).outcomes
        assert all(isinstance(outcome, Registered) for outcome in outcomes.values()), outcomes
        yield opened


def test_every_preset_is_under_contract() -> None:
    assert set(preset_names()) <= set(CASES)
    assert {"rest", "sftp", "fixed", "database", "medium", "terminal"} <= set(preset_names())


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


def test_a_line_of_an_update_that_cannot_be_taken_is_told_and_the_others_are_done(link: Played) -> None:
    one = PEOPLE[2]
    lines = (
        UpdateLine(atena(3), one.name, one.kana, one.born, "奈良県奈良市サンプル町2番地"),
        UpdateLine("A7777777", one.name, one.kana, one.born, one.address),
        UpdateLine(atena(4), one.name, one.kana, one.born, one.address, "123456789012"),
    )
    receipt = link.adapter.update(UpdateBatch("moved", MADE_AT, OPERATOR, lines=lines))
    outcomes = link.wait(receipt).outcomes
    assert [type(found) for found in outcomes.values()] == [Updated, NotAccepted, NotAccepted]


def test_kept_answers_give_the_outcomes_again(link: Played) -> None:
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.WELFARE, 1, batch_id="kept"))
    collected = link.wait(receipt)
    stored = SubmissionReceipt.from_json(receipt.to_json())
    kept = [data for direction, name, data in link.keeper.kept if direction == "received" and "kept-answer" in name]
    assert kept
    assert link.adapter.reread(stored, kept[:1]).outcomes == collected.outcomes
    another = SubmissionReceipt.from_json(receipt.to_json() | {"batch_id": "other"})
    assert {found.code for found in link.adapter.reread(another, kept[:1]).problems} <= {ProblemCode.STRANGER}


def test_nothing_is_sent_outside_the_hours_or_without_operator_data(link: Played) -> None:
    batch, before = inquiry(InquiryKind.TAX, 1, batch_id="x"), link.control("/fault", name="bom", times="0")["counts"]
    if link.adapter.capabilities().operator_fields:
        with pytest.raises(BatchInvalid):
            link.adapter.submit_inquiry(InquiryBatch("x", MADE_AT, lines=batch.lines))
    values = link.config.model_dump()
    values["workflow"] |= {"open_from": "09:00", "open_until": "17:00"}
    late = datetime(2026, 6, 1, 18, 0, tzinfo=JAPAN)
    here = AdapterConfig.model_validate(values)
    closed = build(here, keep=Keeper(), secrets=link.secrets, bounds=Bounds(link.place), clock=lambda: late)
    assert not closed.is_open(late)
    assert closed.is_open(late.replace(hour=9))
    with pytest.raises(OutOfHours) as caught:
        closed.submit_inquiry(batch)
    assert caught.value.retryable
    link.work()
    assert link.control("/fault", name="bom", times="0")["counts"] == before


def test_finishing_may_be_repeated(link: Played) -> None:
    """The batch's answer is gone from the place of exchange (over HTTP none lies there), and its neighbour's stays."""
    done, other = (
        link.adapter.check_linkage(LinkageBatch(name, MADE_AT, OPERATOR, lines=(LinkageLine(atena(1)),)))
        for name in ("done", "other")
    )
    read = link.wait(done).read
    told = link.wait(other).outcomes
    for _ in range(2):
        assert link.adapter.finish(done, read)
        if link.config.transport.kind != "http":
            link.wait(done, until=lambda left: not left.complete)  # in a database the other side clears its own rows
        assert link.adapter.collect(other).outcomes == told
