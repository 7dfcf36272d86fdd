"""The contract every adapter keeps, over its real transport, with the simulator at the other end."""

from __future__ import annotations

from datetime import date
from itertools import count

import pytest

from integrations.atena_adapters.config import FolderTransport
from integrations.atena_adapters.port import (
    Absence,
    Answered,
    AnsweredPerson,
    CheckState,
    CommunicationFailed,
    Held,
    InquiryKind,
    LinkageBatch,
    LinkageLine,
    Linked,
    NotDeclared,
    NotFound,
    NotLinked,
    Outcome,
    Refused,
    Registered,
    RegistrationRejected,
    ResidentFacts,
    SubmissionReceipt,
    TaxFacts,
    WelfareFacts,
)
from integrations.atena_adapters.transports.base import digest_of
from tests.integrations.atena_adapters.simulator import between
from tests.integrations.atena_adapters.simulator.played import Played
from tests.integrations.atena_adapters.support import (
    MADE_AT,
    NARA,
    OPERATOR,
    PEOPLE,
    Running,
    atena,
    inquiry,
    registration,
)

_ids = count(1)


def _new_id() -> str:
    return f"T{next(_ids):06d}"


def _ask(link: Running, kind: InquiryKind, *numbers: int, address: str = NARA) -> dict[str, Outcome]:
    receipt = link.adapter.submit_inquiry(inquiry(kind, *numbers, batch_id=_new_id(), address=address))
    return dict(link.wait(receipt).outcomes)


def _person(outcome: Outcome) -> AnsweredPerson:
    assert isinstance(outcome, Answered)
    return outcome.facts.person


def test_registration_gives_one_number_per_individual_number(link: Running) -> None:
    first = link.wait(link.adapter.register(registration(1, 2, batch_id=_new_id()))).outcomes
    again = link.wait(link.adapter.register(registration(2, 1, batch_id=_new_id()))).outcomes
    assert isinstance(first[atena(1)], Registered)
    assert first[atena(1)] == again[atena(1)]
    assert first[atena(1)] != first[atena(2)]


def test_a_wrong_check_digit_never_leaves_the_house(link: Running) -> None:
    batch = registration(1, 2, batch_id=_new_id())
    wrong = batch.lines[0].individual_number[:-1] + str((int(batch.lines[0].individual_number[-1]) + 1) % 10)
    line = type(batch.lines[0])(atena(1), wrong, "サンプル", "サンプル", date(2000, 1, 1), NARA)
    receipt = link.adapter.register(type(batch)(batch.batch_id, MADE_AT, OPERATOR, lines=(line, batch.lines[1])))
    outcomes = link.wait(receipt).outcomes
    assert isinstance(outcomes[atena(1)], RegistrationRejected)
    assert isinstance(outcomes[atena(2)], Registered)
    assert not any(wrong.encode() in payload for _, _, payload in link.keeper.kept)


def test_linkage_codes_are_told_apart(link: Running) -> None:
    batch = LinkageBatch(_new_id(), MADE_AT, OPERATOR, lines=(LinkageLine(atena(1)), LinkageLine(atena(10))))
    outcomes = link.wait(link.adapter.check_linkage(batch)).outcomes
    assert outcomes[atena(1)] == Linked()
    assert isinstance(outcomes[atena(10)], NotLinked)


def test_resident_facts_come_back_in_the_networks_characters(link: Running) -> None:
    outcomes = _ask(link, InquiryKind.RESIDENT, 1, 2)
    assert _person(outcomes["L1"]).name == "サンプル　高一"
    assert _person(outcomes["L2"]).name == "サンプル　吉子"
    assert [_person(outcomes[line]).born for line in ("L1", "L2")] == [date(1980, 1, 31), date(1989, 1, 7)]
    assert _person(outcomes["L1"]).kana == "サンプル　タカイチ"
    answered = outcomes["L1"]
    assert isinstance(answered, Answered)
    assert isinstance(answered.facts, ResidentFacts)
    assert answered.facts.household == "サ1"


def test_tax_outcomes_cover_the_closed_set(link: Running) -> None:
    outcomes = _ask(link, InquiryKind.TAX, 1, 3, 4, 5, 6, 7, 8, 9, 10)
    assert isinstance(outcomes["L1"], Answered)
    assert isinstance(outcomes["L3"], NotDeclared)
    assert isinstance(outcomes["L4"], NotFound)
    assert isinstance(outcomes["L5"], NotFound)
    assert isinstance(outcomes["L6"], Held)
    assert isinstance(outcomes["L7"], Refused)
    assert isinstance(outcomes["L10"], Refused)
    if not link.adapter.capabilities().inquiry_in_call:
        assert isinstance(outcomes["L8"], Answered)
        failed = outcomes["L9"]
        assert isinstance(failed, CommunicationFailed)
        assert failed.retryable


def test_amounts_tell_zero_blank_and_missing_apart(link: Running) -> None:
    outcome = _ask(link, InquiryKind.TAX, 12)["L12"]
    assert isinstance(outcome, Answered)
    assert isinstance(outcome.facts, TaxFacts)
    facts = outcome.facts
    assert (facts.total_income, facts.retirement_income, facts.forest_income) == (0, Absence.BLANK, Absence.MISSING)
    assert facts.tax_year == 2026


def test_the_tax_record_is_found_only_where_it_lies(link: Running) -> None:
    elsewhere = _ask(link, InquiryKind.TAX, 5, address="大阪府大阪市北区1-1")
    assert isinstance(elsewhere["L5"], Answered)


def test_welfare_says_yes_or_no(link: Running) -> None:
    outcomes = _ask(link, InquiryKind.WELFARE, 1, 2)
    facts = [outcome.facts for outcome in outcomes.values() if isinstance(outcome, Answered)]
    assert all(isinstance(fact, WelfareFacts) for fact in facts)
    assert [(f.receiving, f.since) for f in facts if isinstance(f, WelfareFacts)] == [
        (False, None),
        (True, date(2025, 4, 1)),
    ]


def test_a_swapped_number_answers_with_the_other_persons_facts(link: Running) -> None:
    batch = registration(1, 2, batch_id=_new_id())
    one, two = batch.lines
    swapped = type(one)("A9999999", two.individual_number, one.name, one.kana, one.born, one.address)
    link.wait(link.adapter.register(type(batch)(batch.batch_id, MADE_AT, OPERATOR, lines=(swapped,))))
    lines = inquiry(InquiryKind.RESIDENT, 1, batch_id=_new_id())
    line = type(lines.lines[0])("L1", "A9999999", InquiryKind.RESIDENT, date(2025, 12, 31), 2026, NARA)
    receipt = link.adapter.submit_inquiry(type(lines)(lines.batch_id, MADE_AT, OPERATOR, lines=(line,)))
    assert _person(link.wait(receipt).outcomes["L1"]).born == PEOPLE[1].born


def test_an_unregistered_addressee_is_refused(link: Running) -> None:
    batch = inquiry(InquiryKind.RESIDENT, 1, batch_id=_new_id())
    line = type(batch.lines[0])("L1", "A7777777", InquiryKind.RESIDENT, date(2025, 12, 31), 2026, NARA)
    receipt = link.adapter.submit_inquiry(type(batch)(batch.batch_id, MADE_AT, OPERATOR, lines=(line,)))
    assert isinstance(link.wait(receipt).outcomes["L1"], Refused)


def test_resending_the_same_batch_changes_nothing(link: Running) -> None:
    batch = inquiry(InquiryKind.WELFARE, 1, 2, 3, batch_id=_new_id())
    first = link.wait(link.adapter.submit_inquiry(batch)).outcomes
    link.adapter.submit_inquiry(batch)
    assert link.wait(link.adapter.submit_inquiry(batch)).outcomes == first


def test_the_same_id_with_other_content_is_refused(link: Running) -> None:
    batch_id = _new_id()
    link.wait(link.adapter.submit_inquiry(inquiry(InquiryKind.WELFARE, 1, batch_id=batch_id)))
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.WELFARE, 2, batch_id=batch_id))
    outcomes = link.wait(receipt, until=lambda found: isinstance(found.outcomes["L2"], Refused)).outcomes
    assert isinstance(outcomes["L2"], Refused)


def test_a_receipt_survives_storage(link: Running) -> None:
    if link.adapter.capabilities().inquiry_in_call:
        receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.WELFARE, 1, batch_id=_new_id()))
        lost = link.adapter.collect(SubmissionReceipt.from_json(receipt.to_json())).outcomes["L1"]
        assert lost == CommunicationFailed(lost.reason if isinstance(lost, CommunicationFailed) else "", retryable=True)
        return
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.WELFARE, 1, batch_id=_new_id()))
    stored = SubmissionReceipt.from_json(receipt.to_json())
    assert isinstance(link.wait(stored).outcomes["L1"], Answered)


def test_every_exchange_is_kept_and_every_line_has_an_outcome(link: Running) -> None:
    batch = inquiry(InquiryKind.RESIDENT, 3, 4, 5, batch_id=_new_id())
    collection = link.wait(link.adapter.submit_inquiry(batch))
    assert list(collection.outcomes) == ["L3", "L4", "L5"]
    kept = {(direction, name) for direction, name, _ in link.keeper.kept if batch.batch_id in name}
    assert ("sent", f"inquiry-{batch.batch_id}-request") in kept
    assert ("received", f"inquiry-{batch.batch_id}-answer-1") in kept


def test_what_stays_of_an_exchange_holds_no_number_and_reads_the_same(link: Running) -> None:
    batch = registration(1, 2, 3, batch_id=_new_id())
    receipt = link.adapter.register(batch)
    outcomes = link.wait(receipt).outcomes
    unified = [outcome.unified_number for outcome in outcomes.values() if isinstance(outcome, Registered)]
    numbers = [number.encode() for number in (*unified, *(line.individual_number for line in batch.lines))]
    wire, stays = (
        [(direction, name, data) for direction, name, data in those if batch.batch_id in name]
        for those in (link.keeper.kept, link.keeper.stays)
    )
    assert len(numbers) == 6
    assert all(any(number in data for _, _, data in wire) for number in numbers)
    digests = [receipt.sha256.encode(), receipt.sha256.upper().encode()]
    assert not any(number in data for number in [*numbers, *digests] for _, _, data in stays)
    assert [name for _, name, _ in stays] == [name for _, name, _ in wire]
    assert all(
        len(data) == len(other) for (_, name, data), (*_, other) in zip(stays, wire, strict=True) if "request" in name
    )
    again = link.adapter.reread(receipt, [data for _, name, data in stays if "-answer-" in name])
    told = {line: type(outcome) for line, outcome in again.outcomes.items()}
    assert told == dict.fromkeys(outcomes, Registered)
    assert len(set(again.outcomes.values())) == 3


def test_the_configuration_check_sends_something_invalid_and_sees_it_refused(link: Running) -> None:
    results = link.adapter.check_config()
    if link.adapter.capabilities().by_people:  # nobody carries or keys something invalid; the check says so
        assert {result.state for result in results} == {CheckState.OK, CheckState.WARNING}, results
        assert not [name for direction, name, _ in link.keeper.kept if direction == "sent" and "CHECK" in name]
        return
    told_apart = {
        result.state for result in results if result.name != "書き換えの検出"
    }  # a layout without totals is told so
    assert told_apart == {CheckState.OK}, results
    assert link.adapter.health().ok
    sent = [payload for direction, name, payload in link.keeper.kept if direction == "sent" and "CHECK" in name]
    assert sent
    assert not any(person.individual_number.encode() in payload for person in PEOPLE for payload in sent)


def test_nothing_shows_a_number(link: Running) -> None:
    batch = registration(1, batch_id=_new_id())
    receipt = link.adapter.register(batch)
    collection = link.wait(receipt)
    outcome = collection.outcomes[atena(1)]
    assert isinstance(outcome, Registered)
    shown = "".join(f"{value!r}{value!s}" for value in (batch, batch.lines, receipt, collection, outcome))
    for secret in (PEOPLE[0].individual_number, outcome.unified_number, atena(1), PEOPLE[0].name):
        assert secret not in shown


def test_no_number_stays_in_the_place_of_exchange(link: Running) -> None:
    if not isinstance(link.config.transport, FolderTransport):
        return  # bodies travel in the call; nothing lies between the two sides
    receipt = link.adapter.register(registration(1, 2, 3, batch_id=_new_id()))
    read = link.wait(receipt).read
    assert link.adapter.finish(receipt, read)
    assert link.adapter.finish(receipt, read)
    for path in link.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(person.individual_number.encode() in content for person in PEOPLE), path.name
            assert receipt.batch_id not in path.name or ".simulator" in path.parts


def test_an_answer_that_came_after_the_look_is_not_erased_with_what_was_read(link: Played) -> None:
    """The look before the erasing saw nothing; the answer lies there when it is erased."""
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.WELFARE, 1, 2, batch_id=_new_id()))
    outcomes = link.wait(receipt).outcomes
    if link.config.transport.kind == "http":
        assert link.adapter.finish(receipt, frozenset())
        return  # nothing lies between the two sides
    assert not link.adapter.finish(receipt, frozenset())
    again = link.adapter.collect(receipt)
    assert again.outcomes == outcomes
    assert link.adapter.finish(receipt, again.read)


@pytest.mark.parametrize("which", [0, 1])
def test_what_comes_or_changes_between_the_look_and_the_erasing_is_read_by_the_next_look(
    link: Played, which: int
) -> None:
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.WELFARE, 1, 2, batch_id=_new_id()))
    read = link.wait(receipt).read
    for act in between.acts(link)[which : which + 1]:
        act(link, receipt)
        before = len(link.keeper.kept)
        assert not link.adapter.finish(receipt, read)
        again = link.adapter.collect(receipt, gaps=True)
        new = [payload for _, name, payload in link.keeper.kept[before:] if "-answer-" in name]
        assert [payload for payload in new if digest_of(payload) not in read]
        read = again.read
    assert link.adapter.finish(receipt, read)
