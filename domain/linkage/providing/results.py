"""From the outcomes of the port to the states of a line."""

from __future__ import annotations

from dataclasses import dataclass

from domain.linkage.exchange.masking import without_numbers
from domain.linkage.models import CopyLine
from integrations.atena_adapters.port import NotAccepted, Outcome, Provided, Refused, reason_of, title

TAKEN = "同じ副本番号が二人に付けられました。中間サーバーの端末で、どちらが正しいかを確かめてください。"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a line; `record_number` as the answer tells it."""

    state: str
    reason: str = ""
    record_number: str = ""


def result_of(outcome: Outcome) -> Result:
    """Of an outcome that is not pending. What is neither done nor refused is not known: it may have been done."""
    if isinstance(outcome, Provided):
        return Result(CopyLine.State.ACCEPTED, record_number=outcome.record_number)
    if isinstance(outcome, NotAccepted | Refused):
        return Result(CopyLine.State.REFUSED, without_numbers(outcome.reason))
    reason = reason_of(outcome) or title(outcome)
    return Result(CopyLine.State.UNKNOWN, without_numbers(reason))


def contradicts(line: CopyLine, new: Result) -> bool:
    """Whether a settled line is told something else now. That nothing is known of it is no contradiction."""
    if new.state == CopyLine.State.UNKNOWN:
        return False
    other_number = line.act == CopyLine.Act.ADD and line.copy.record_number and new.record_number
    return line.state != new.state or bool(other_number and new.record_number != line.copy.record_number)
