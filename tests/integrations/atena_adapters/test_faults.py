"""The contract under faults: nothing false is taken in, nothing is lost, and every finding is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from integrations.atena_adapters.config import AdapterConfig, DelimitedDialect, FolderTransport, HttpTransport
from integrations.atena_adapters.port import (
    Answered,
    AuthenticationRefused,
    BatchUnknown,
    Collection,
    CommunicationError,
    Expired,
    Held,
    InquiryKind,
    MalformedAnswer,
    Pending,
    ProblemCode,
    Registered,
    SubmissionReceipt,
)
from integrations.atena_adapters.registry import Bounds, build, preset
from tests.integrations.atena_adapters.cases import CASES, SIMULATED
from tests.integrations.atena_adapters.support import (
    PEOPLE,
    TOKEN,
    Keeper,
    Running,
    Seed,
    inquiry,
    registration,
    simulator,
)

Start = Callable[..., Running]
FOLDERS = sorted(name for name, config in CASES.items() if isinstance(config.transport, FolderTransport))


@pytest.fixture(params=sorted(SIMULATED))
def case(request: pytest.FixtureRequest) -> str:
    """The name of a configuration that is quick to start."""
    name: str = request.param
    return name


def _codes(collection: Collection) -> set[ProblemCode]:
    return {problem.code for problem in collection.problems}


def _untidy(config: AdapterConfig) -> dict[str, ProblemCode | None]:
    """The faults that a tolerant reader survives, and what it must report."""
    faults: dict[str, ProblemCode | None] = {"shuffled": None, "doubled_line": ProblemCode.DOUBLED}
    faults["stranger"] = ProblemCode.STRANGER
    if isinstance(config.dialect, DelimitedDialect):
        faults["mixed_newlines"] = ProblemCode.NEWLINES
        if config.dialect.encoding == "utf-8":
            faults["bom"] = ProblemCode.BOM
    if isinstance(config.transport, FolderTransport):
        faults["doubled_file"] = ProblemCode.DOUBLED
    return faults


def _resubmitted(link: Running, receipt: SubmissionReceipt) -> SubmissionReceipt:
    """In-call links ask again; others keep their receipt."""
    batch = inquiry(InquiryKind.RESIDENT, 1, 2, 3, batch_id=receipt.batch_id)
    return link.adapter.submit_inquiry(batch) if link.adapter.capabilities().inquiry_in_call else receipt


def test_untidy_answers_are_read_once_and_reported(case: str, start: Start) -> None:
    faults = _untidy(CASES[case])
    link = start(CASES[case], *(f"--fault={name}@inquiry" for name in faults))
    link.registered(1, 2, 3)
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.RESIDENT, 1, 2, 3, batch_id="untidy"))
    collection = link.wait(receipt)
    assert all(isinstance(outcome, Answered) for outcome in collection.outcomes.values())
    assert list(collection.outcomes) == ["L1", "L2", "L3"]
    assert _codes(collection) == {code for code in faults.values() if code}


def test_a_cut_answer_is_not_taken_in_and_comes_whole_later(case: str, start: Start) -> None:
    link = start(CASES[case], "--fault=truncated@inquiry", "--fault=partial_upload@registration")
    link.registered(1, 2, 3)
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.RESIDENT, 1, 2, 3, batch_id="cut"))
    damaged = link.wait(receipt, until=lambda found: ProblemCode.UNREADABLE in _codes(found))
    assert not any(isinstance(outcome, Answered) for outcome in damaged.outcomes.values())
    whole = link.wait(_resubmitted(link, receipt))
    assert all(isinstance(outcome, Answered) for outcome in whole.outcomes.values())


def test_contradicting_answers_are_refused(case: str, start: Start) -> None:
    link = start(CASES[case], "--fault=conflict@inquiry")
    link.registered(1, 2)
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.WELFARE, 1, 2, batch_id="twice"))
    collection = link.wait(receipt)
    assert isinstance(collection.outcomes["L1"], MalformedAnswer)
    assert isinstance(collection.outcomes["L2"], Answered)
    assert ProblemCode.CONFLICT in _codes(collection)


def test_an_answer_about_somebody_else_is_refused(case: str, start: Start) -> None:
    link = start(CASES[case], "--fault=wrong_person@inquiry")
    link.registered(1, 2)
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.TAX, 1, 2, batch_id="misdirected"))
    outcomes = link.wait(receipt).outcomes
    assert isinstance(outcomes["L1"], MalformedAnswer)
    assert isinstance(outcomes["L2"], Answered)


def test_a_missing_receipt_is_reported_until_it_comes(start: Start) -> None:
    link = start(CASES["osaka"], "--fault=late_receipt")
    receipt = link.adapter.register(registration(1, batch_id="late"))
    assert ProblemCode.RECEIPT_MISSING in _codes(link.adapter.collect(receipt))
    arrived = link.wait(receipt, until=lambda found: not found.problems and found.complete)
    assert isinstance(arrived.outcomes["A0000001"], Registered)
    requests = link.folder / "irai"
    assert not list(requests.iterdir())


@pytest.mark.parametrize("name", FOLDERS)
def test_partial_files_are_never_read(name: str, start: Start) -> None:
    link = start(CASES[name])
    link.registered(1)
    transport = link.config.transport
    assert isinstance(transport, FolderTransport)
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.RESIDENT, 1, batch_id="whole"))
    link.wait(receipt)
    answer = next((link.folder / transport.answer_folder).glob("*whole*[!d]"))
    half = answer.with_name(answer.name + transport.partial_suffix)
    half.write_bytes(answer.read_bytes()[:10])
    other = link.folder / transport.request_folder / ("half" + transport.partial_suffix)
    other.write_bytes(b"half")
    assert link.adapter.collect(receipt).complete
    time.sleep(0.1)
    assert other.read_bytes() == b"half"


@pytest.mark.parametrize("name", ["nara", "osaka"])
def test_a_restart_of_the_other_side_loses_nothing(name: str, seed: Seed, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with simulator(CASES[name], seed, tmp_path, "--state", str(state)) as link:
        link.registered(1, 2)
        receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.TAX, 1, 2, batch_id="before"))
        link.wait(receipt, until=lambda found: not found.problems)
    with simulator(CASES[name], seed, tmp_path, "--state", str(state)) as link:
        outcomes = link.wait(receipt).outcomes
    assert all(isinstance(outcome, Answered) for outcome in outcomes.values())
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any(person.individual_number.encode() in stored for person in PEOPLE)


def test_a_held_answer_is_replaced_when_a_clerk_releases_it(case: str, start: Start) -> None:
    link = start(CASES[case], "--release", "0.4")
    link.registered(6)
    batch = inquiry(InquiryKind.TAX, 6, batch_id="held")
    receipt = link.adapter.submit_inquiry(batch)
    held = link.wait(receipt)
    assert isinstance(held.outcomes["L6"], Held)
    assert held.complete
    assert not held.settled
    if link.adapter.capabilities().inquiry_in_call:
        time.sleep(0.4)
        receipt = link.adapter.submit_inquiry(batch)
    assert isinstance(link.wait(receipt, until=lambda found: found.settled).outcomes["L6"], Answered)


def test_lines_expire_when_nothing_comes(tmp_path: Path) -> None:
    for name in ("irai", "juryo", "kaito"):
        (tmp_path / name).mkdir()
    values = preset("osaka").model_dump()
    values["transport"]["folder"], values["workflow"]["expire_hours"] = str(tmp_path), 48
    moment = [datetime(2026, 6, 1, tzinfo=UTC)]
    adapter = build(
        AdapterConfig.model_validate(values), keep=Keeper(), bounds=Bounds(tmp_path), clock=lambda: moment[0]
    )
    receipt = adapter.submit_inquiry(inquiry(InquiryKind.TAX, 1, batch_id="forgotten"))
    assert adapter.collect(receipt).outcomes["L1"] == Pending()
    moment[0] += timedelta(hours=49)
    assert isinstance(adapter.collect(receipt).outcomes["L1"], Expired)


def _impatient(**transport: float | str) -> AdapterConfig:
    config = CASES["nara"]
    assert isinstance(config.transport, HttpTransport)
    changed = config.transport.model_copy(update={"timeout_seconds": 0.4, "pause_seconds": 0.0} | transport)
    return config.model_copy(update={"transport": changed})


def test_a_busy_server_is_asked_again(start: Start) -> None:
    link = start(_impatient(), "--fault=http_429", "--fault=http_503", "--fault=timeout", "--stall=0.6")
    outcomes = link.wait(link.adapter.register(registration(1, batch_id="busy"))).outcomes
    assert isinstance(outcomes["A0000001"], Registered)


def test_a_server_that_stays_busy_ends_as_retryable(start: Start) -> None:
    link = start(_impatient(attempts=2), "--fault=http_503:*")
    with pytest.raises(CommunicationError, match="503") as caught:
        link.adapter.register(registration(1, batch_id="busy"))
    assert caught.value.retryable
    assert not link.adapter.health().ok


def test_refused_credentials_are_not_tried_again(start: Start) -> None:
    link = start(_impatient())
    wrong = build(link.config, keep=Keeper(), secrets={"token": SecretStr("another")})
    with pytest.raises(AuthenticationRefused) as caught:
        wrong.register(registration(1, batch_id="stranger"))
    assert not caught.value.retryable
    assert TOKEN not in str(caught.value)
    assert "failed" in {result.state.value for result in wrong.check_config()}


def test_a_lost_batch_is_told_and_resubmitting_heals_it(start: Start) -> None:
    link = start(_impatient(), "--fault=forget")
    batch = registration(1, batch_id="lost")
    receipt = link.adapter.register(batch)
    with pytest.raises(BatchUnknown) as caught:
        link.wait(receipt)
    assert caught.value.retryable
    assert isinstance(link.wait(link.adapter.register(batch)).outcomes["A0000001"], Registered)


def test_a_closed_port_is_retryable(start: Start) -> None:
    link = start(_impatient())
    assert isinstance(link.config.transport, HttpTransport)
    nowhere = link.config.transport.model_copy(update={"base_url": "http://127.0.0.1:9", "attempts": 1})
    adapter = build(
        link.config.model_copy(update={"transport": nowhere}), keep=Keeper(), secrets={"token": SecretStr(TOKEN)}
    )
    with pytest.raises(CommunicationError) as caught:
        adapter.register(registration(1, batch_id="nowhere"))
    assert caught.value.retryable


def test_a_keeper_that_fails_stops_the_sending(start: Start) -> None:
    class Full:
        def keep(self, direction: str, name: str, payload: bytes, hidden: object = None) -> None:
            raise OSError("disk full")

    link = start(CASES["osaka"])
    adapter = build(link.config, keep=Full(), bounds=Bounds(link.folder))
    with pytest.raises(OSError, match="disk full"):
        adapter.register(registration(1, batch_id="unkept"))
    assert not list((link.folder / "irai").iterdir())


def test_an_unchanged_receipt_is_equal_after_storage(start: Start) -> None:
    link = start(CASES["hiroshima"])
    receipt = link.adapter.register(registration(1, 2, batch_id="stored"))
    assert SubmissionReceipt.from_json(receipt.to_json()) == replace(receipt)
