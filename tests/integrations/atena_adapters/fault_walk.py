"""One fault on one link, walked from its injection to the resume: what was seen, and whether the end is as if nothing had been."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.port import (
    EVERYTHING,
    Answered,
    AuthenticationRefused,
    BatchInvalid,
    BatchUnknown,
    Collection,
    CommunicationError,
    InquiryBatch,
    InquiryKind,
    MalformedAnswer,
    Outcome,
    Pending,
    Problem,
    SubmissionReceipt,
)
from tests.integrations.atena_adapters.simulator.played import Played
from tests.integrations.atena_adapters.support import inquiry

PEOPLE_ASKED = (1, 2, 12)
_LONGEST = 6.0
_CALM = 0.7
_NEWS = {"unreadable", "stranger", "entry_refused"}
_LOOKED_AT = {"folder", "sftp", "database"}
"""Where the other side looks for requests by its own clock, and so may still be at one whose answers we have."""
_ids = count(1)


@dataclass
class Walked:
    """What was seen while the fault struck, the places told, and the outcomes after the resume."""

    seen: set[str] = field(default_factory=set)
    malformed: list[MalformedAnswer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    resumed: Mapping[str, Outcome] = field(default_factory=dict)
    struck: bool = False
    kept: list[tuple[str, bytes]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    reread: set[str] = field(default_factory=set)


def undisturbed(link: Played) -> Mapping[str, Outcome]:
    """The outcomes without any fault."""
    receipt = link.adapter.submit_inquiry(_batch())
    outcomes = link.wait(receipt).outcomes
    link.adapter.finish(receipt, EVERYTHING)
    return outcomes


def walk(link: Played, fault: str, sound: Mapping[str, Outcome]) -> Walked:
    """Let a fault strike once, look until nothing new comes, then resume: submit the same batch again and collect."""
    if link.config.transport.kind in _LOOKED_AT:
        undisturbed(link)  # answered after what was sent before it, so no fault strikes what an earlier walk sent again
    found, batch = Walked(), _batch()
    refused, before = _refused(link), frozenset(_received(link))
    link.control("/fault", name=fault, times="1")
    receipt = _submitted(link, batch, found)
    _watch(link, receipt, found, sound)
    found.reread = _reread(link, receipt, [one for one in _received(link) if one not in before])
    if _refused(link) - refused:
        found.seen.add("package_refused")
    found.struck = fault not in link.control("/fault", name=fault, times="0")["before"]
    if link.config.transport.kind == "terminal":
        batch = _batch()  # what two people agreed on stands; its lines are asked again in another batch
    receipt = link.adapter.submit_inquiry(batch)
    found.resumed = dict(link.wait(receipt, until=lambda now: _as(now, sound)).outcomes)
    link.adapter.finish(receipt, EVERYTHING)
    found.kept = [one for one in _received(link) if one not in before]
    found.refused = {digest for _, digest in _refused(link) - refused}
    return found


def _reread(link: Played, receipt: SubmissionReceipt, kept: list[tuple[str, bytes]]) -> set[str]:
    """What the answers that were kept say when they are read again, nothing else at hand."""
    answers = [data for name, data in kept if "-answer" in name and "-damaged-" not in name]
    again = link.adapter.reread(receipt, answers)
    malformed = {"malformed" for one in again.outcomes.values() if isinstance(one, MalformedAnswer)}
    return malformed | {one.code.value for one in again.problems}


def _received(link: Played) -> list[tuple[str, bytes]]:
    """What was kept of what came, by the adapter and at the desk where packages are taken in."""
    kept = [*link.keeper.kept, *link.extra.get("at_the_desk", ())]
    return [(name, data) for direction, name, data in kept if direction == "received"]


def _refused(link: Played) -> set[tuple[str, str]]:
    """Packages that were not taken in; they lie on the medium and are refused anew each time."""
    return {(one.name, one.sha256) for one in link.extra.get("refused", ())}


def _batch() -> InquiryBatch:
    return inquiry(InquiryKind.TAX, *PEOPLE_ASKED, batch_id=f"F{next(_ids):05d}")


def _as(now: Collection, sound: Mapping[str, Outcome]) -> bool:
    return dict(now.outcomes) == dict(sound)


def _submitted(link: Played, batch: InquiryBatch, found: Walked) -> SubmissionReceipt:
    """Submit, and once more when the way was cut."""
    for _ in range(2):
        try:
            return link.adapter.submit_inquiry(batch)
        except CommunicationError as error:
            found.seen.add(_word(error))
    return link.adapter.submit_inquiry(batch)


def _watch(link: Played, receipt: SubmissionReceipt, found: Walked, sound: Mapping[str, Outcome]) -> None:
    """Look until the outcomes have been the same for a while."""
    begun = calm = time.monotonic()
    last: object = None
    while time.monotonic() - calm < _CALM and time.monotonic() - begun < _LONGEST:
        now = _looked(link, receipt, found)
        if now is None:
            continue
        told = (dict(now.outcomes), now.problems)
        quiet = not (found.seen | {one.code.value for one in now.problems}) & _NEWS and not now.complete
        if told != last or quiet:
            last, calm = told, time.monotonic()
        found.problems += [one for one in now.problems if one not in found.problems]
        found.seen |= {one.code.value for one in now.problems}
        found.malformed += [one for one in now.outcomes.values() if isinstance(one, MalformedAnswer)]
        found.seen |= {_said(outcome, sound[line]) for line, outcome in now.outcomes.items()} - {"open"}
        time.sleep(0.03)
    if isinstance(last, tuple):
        found.seen |= {_said(outcome, sound[line]) for line, outcome in last[0].items()}


def _looked(link: Played, receipt: SubmissionReceipt, found: Walked) -> Collection | None:
    try:
        link.work()
        return link.adapter.collect(receipt)
    except CommunicationError as error:
        found.seen.add(_word(error))
    except BatchInvalid:
        found.seen.add("entry_refused")
    return None


def _word(error: CommunicationError) -> str:
    if isinstance(error, BatchUnknown):
        return "batch_unknown"
    if isinstance(error, AuthenticationRefused):
        return "authentication"
    return "retryable" if error.retryable else "not_retryable"


def _said(outcome: Outcome, sound: Outcome) -> str:
    if outcome == sound:
        return "sound"
    if isinstance(outcome, Answered):
        return "other_facts"
    if isinstance(outcome, Pending):
        return "open"
    return "malformed" if isinstance(outcome, MalformedAnswer) else type(outcome).__name__.lower()


def of_link(config: AdapterConfig) -> AdapterConfig:
    """Impatient, so that a slow answer is seen within a test."""
    values = config.model_dump()
    if "timeout_seconds" in values["transport"]:
        values["transport"]["timeout_seconds"] = 1.0
    if "attempts" in values["transport"]:
        values["transport"]["attempts"] = 1
    return AdapterConfig.model_validate(values)
