"""The contract of every preset over its real transport, with all six kinds of request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.config.templates import JAPAN
from integrations.atena_adapters.fields import Row
from integrations.atena_adapters.port import (
    Answered,
    BatchInvalid,
    CheckState,
    InquiryBatch,
    InquiryKind,
    LinkageBatch,
    LinkageLine,
    Linked,
    MalformedAnswer,
    NotAccepted,
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
from integrations.atena_adapters.registry import build, preset, preset_names
from tests.integrations.atena_adapters.cases import SIMULATED
from tests.integrations.atena_adapters.counterpart.links import OPENERS, Link, kind_of_link, open_database
from tests.integrations.atena_adapters.support import MADE_AT, OPERATOR, PEOPLE, Keeper, atena, inquiry, registration

LINKED = sorted(name for name in preset_names() if kind_of_link(preset(name)) in {*OPENERS, "database"})


@pytest.fixture(params=LINKED)
def link(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Link]:
    """A preset and the other side of its own kind."""
    config = preset(request.param)
    kind = kind_of_link(config)
    if kind == "database":
        with open_database(config, request.getfixturevalue("postgres")) as opened:
            yield opened
        return
    with OPENERS[kind](config, tmp_path) as opened:
        yield opened


def test_every_preset_is_under_contract() -> None:
    assert set(preset_names()) <= set(LINKED) | set(SIMULATED)
    assert {"rest", "sftp", "fixed", "database", "medium", "terminal"} <= set(LINKED)


def _registered(link: Link, *numbers: int) -> None:
    batch = registration(*numbers, batch_id="setup")
    assert all(isinstance(found, Registered) for found in link.answered(link.adapter.register(batch)).outcomes.values())


def test_people_are_registered_updated_and_withdrawn(link: Link) -> None:
    _registered(link, 1, 2)
    person = PEOPLE[0]
    lines = (
        UpdateLine(atena(1), person.name, person.kana, person.born, "奈良県奈良市サンプル町2番地"),
        UpdateLine(atena(2), person.name, person.kana, person.born, person.address, PEOPLE[4].individual_number),
        UpdateLine(atena(9), person.name, person.kana, person.born, person.address),
        UpdateLine(atena(3), person.name, person.kana, person.born, person.address, "123456789012"),
    )
    receipt = link.adapter.update(UpdateBatch("U1", MADE_AT, OPERATOR, lines=lines))
    outcomes = link.answered(receipt).outcomes
    assert isinstance(outcomes[atena(1)], Updated)
    assert outcomes[atena(2)] == Updated(f"9{PEOPLE[4].individual_number}")
    assert isinstance(outcomes[atena(9)], NotAccepted)
    assert isinstance(outcomes[atena(3)], NotAccepted)
    gone = WithdrawalBatch("W1", MADE_AT, OPERATOR, lines=(WithdrawalLine(atena(1), date(2026, 3, 31)),))
    assert link.answered(link.adapter.withdraw(gone)).outcomes == {atena(1): Withdrawn()}


def test_facts_and_linkage_come_back(link: Link) -> None:
    _registered(link, 1, 2)
    checked = LinkageBatch("F1", MADE_AT, OPERATOR, lines=(LinkageLine(atena(1)),))
    assert link.answered(link.adapter.check_linkage(checked)).outcomes == {atena(1): Linked()}
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.TAX, 1, 2, 3, batch_id="Q1"))
    collection = link.answered(receipt)
    found = collection.outcomes["L1"]
    assert isinstance(found, Answered)
    assert isinstance(found.facts, TaxFacts)
    assert found.facts.person.born == PEOPLE[0].born
    assert found.facts.person.name == "サンプル　高一"
    assert isinstance(collection.outcomes["L3"], Refused)
    assert not collection.problems


def test_copies_are_added_changed_and_deleted(link: Link) -> None:
    _registered(link, 1)

    def provide(batch_id: str, *asked: tuple[ProvisionAct, int, str]) -> list[object]:
        lines = tuple(
            ProvisionLine(f"P{n}", act, atena(1), 2026, date(2026, 4, 1), date(2026, 9, 30), amount, number)
            for n, (act, amount, number) in enumerate(asked)
        )
        receipt = link.adapter.provide(ProvisionBatch(batch_id, MADE_AT, OPERATOR, lines=lines))
        return list(link.answered(receipt).outcomes.values())

    assert provide("P1", (ProvisionAct.ADD, 12_000, "")) == [Provided("F000001")]
    assert provide("P2", (ProvisionAct.CHANGE, 13_000, "F000001")) == [Provided("F000001")]
    assert link.office.copies == {"F000001": "13000"}
    done, unknown, unnamed = provide(
        "P3",
        (ProvisionAct.DELETE, 13_000, "F000001"),
        (ProvisionAct.CHANGE, 1, "F000009"),
        (ProvisionAct.DELETE, 1, ""),
    )
    assert done == Provided("F000001")
    assert isinstance(unknown, NotAccepted)
    assert isinstance(unnamed, NotAccepted)
    assert not link.office.copies


def test_the_same_batch_again_changes_nothing_and_other_content_is_refused(link: Link) -> None:
    _registered(link, 1, 2)
    batch = inquiry(InquiryKind.RESIDENT, 1, batch_id="again")
    first = link.answered(link.adapter.submit_inquiry(batch))
    second = link.answered(link.adapter.submit_inquiry(batch))
    assert first.outcomes == second.outcomes
    other = link.adapter.submit_inquiry(inquiry(InquiryKind.RESIDENT, 2, batch_id="again"))
    assert not any(isinstance(found, Answered) for found in link.answered(other).outcomes.values())


def test_a_stored_receipt_and_kept_answers_give_the_outcomes_again(link: Link) -> None:
    _registered(link, 1)
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.WELFARE, 1, batch_id="kept"))
    stored = SubmissionReceipt.from_json(receipt.to_json())
    collected = link.answered(stored)
    kept = [
        payload for direction, name, payload in link.keeper.kept if direction == "received" and "kept-answer" in name
    ]
    assert kept
    assert link.adapter.reread(stored, kept[:1]).outcomes == collected.outcomes
    another = SubmissionReceipt.from_json(receipt.to_json() | {"batch_id": "other"})
    if link.adapter.reread(another, kept[:1]).problems:
        assert {found.code for found in link.adapter.reread(another, kept[:1]).problems} == {ProblemCode.STRANGER}


def _twice(rows: list[Row]) -> list[Row]:
    return [*rows, rows[0]]


def _stranger(rows: list[Row]) -> list[Row]:
    return [rows[0] | {"line_id": "L99"}, *rows]


def _contradiction(rows: list[Row]) -> list[Row]:
    return [*rows, {name: rows[0].get(name) for name in ("line_id", "atena_number", "kind")} | {"result": "not_found"}]


def _wrong_person(rows: list[Row]) -> list[Row]:
    return [rows[0] | {"atena_number": atena(7)}, *rows[1:]]


@pytest.mark.parametrize(
    ("twist", "first", "code"),
    [
        (lambda rows: rows[::-1], Answered, None),
        (_twice, Answered, ProblemCode.DOUBLED),
        (_stranger, Answered, ProblemCode.STRANGER),
        (_contradiction, MalformedAnswer, ProblemCode.CONFLICT),
        (_wrong_person, MalformedAnswer, None),
    ],
)
def test_nothing_false_is_taken_in(
    link: Link, twist: Callable[[list[Row]], list[Row]], first: type, code: ProblemCode | None
) -> None:
    _registered(link, 1, 2)
    link.office.twist = twist
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.TAX, 1, 2, batch_id="odd"))
    if link.config.transport.kind == "terminal" and code:
        with pytest.raises(BatchInvalid):  # the sheet has no line for it
            link.work()
        return
    collection = link.answered(receipt)
    assert isinstance(collection.outcomes["L1"], first)
    assert isinstance(collection.outcomes["L2"], Answered)
    assert {problem.code for problem in collection.problems} == ({code} if code else set())


def test_the_check_is_green_and_asks_about_nobody(link: Link) -> None:
    results = link.adapter.check_config()
    assert CheckState.FAILED not in {result.state for result in results}, results
    assert link.adapter.health().ok
    sent = [payload for direction, name, payload in link.keeper.kept if direction == "sent"]
    assert not any(person.individual_number.encode() in payload for person in PEOPLE for payload in sent)


def test_nothing_is_sent_outside_the_hours_or_without_operator_data(link: Link) -> None:
    batch = inquiry(InquiryKind.TAX, 1, batch_id="x")
    if link.adapter.capabilities().operator_fields:
        with pytest.raises(BatchInvalid):
            link.adapter.submit_inquiry(InquiryBatch("x", MADE_AT, lines=batch.lines))
    values = link.config.model_dump()
    values["workflow"] |= {"open_from": "09:00", "open_until": "17:00"}
    late = datetime(2026, 6, 1, 18, 0, tzinfo=JAPAN)
    closed = build(
        AdapterConfig.model_validate(values),
        keep=Keeper(),
        secrets=link.secrets,
        bounds=link.bounds,
        clock=lambda: late,
    )
    assert not closed.is_open(late)
    assert closed.is_open(late.replace(hour=9))
    with pytest.raises(OutOfHours) as caught:
        closed.submit_inquiry(batch)
    assert caught.value.retryable
    assert link.office.times == 0


def test_finishing_may_be_repeated(link: Link) -> None:
    receipt = link.adapter.register(registration(1, batch_id="done"))
    link.answered(receipt)
    link.adapter.finish(receipt)
    link.adapter.finish(receipt)
