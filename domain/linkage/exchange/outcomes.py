"""From the closed set of outcomes to the states of an inquiry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from domain.linkage.answers import to_json
from domain.linkage.exchange.masking import without_numbers
from domain.linkage.models import Inquiry
from integrations.atena_adapters.port import (
    Answered,
    CommunicationFailed,
    Expired,
    Held,
    MalformedAnswer,
    NotDeclared,
    NotFound,
    Outcome,
    Refused,
    reason_of,
    title,
)

_STATES: dict[type, Inquiry.State] = {
    NotFound: Inquiry.State.NOT_FOUND,
    NotDeclared: Inquiry.State.NOT_DECLARED,
    Held: Inquiry.State.HELD,
    Refused: Inquiry.State.REFUSED,
    CommunicationFailed: Inquiry.State.FAILED,
    MalformedAnswer: Inquiry.State.FAILED,
    Expired: Inquiry.State.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What of an outcome is kept with the inquiry. `answer` only when there is one; `retryable` only for failures on the way."""

    state: str
    reason: str = ""
    answer: dict[str, Any] | None = field(default=None, repr=False)
    retryable: bool = False


def kept(outcome: Outcome) -> Kept:
    """The state of an outcome that is not pending. Anything that cannot belong to an inquiry is a malformed answer."""
    if isinstance(outcome, Answered):
        return Kept(Inquiry.State.ANSWERED, answer=to_json(outcome.facts))
    state = _STATES.get(type(outcome))
    if state is None:
        return Kept(Inquiry.State.FAILED, f"照会の回答ではない結果（{title(outcome)}）が届きました。")
    retryable = isinstance(outcome, CommunicationFailed) and outcome.retryable
    return Kept(state, without_numbers(reason_of(outcome)), retryable=retryable)
