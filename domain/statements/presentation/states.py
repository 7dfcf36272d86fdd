"""Which shape each state of a 調書 takes, the same in the list, on its page, in its history."""

from __future__ import annotations

from domain.statements.models import Statement
from web.states import Tone

State = Statement.State

TONES = {
    State.INTAKE: Tone.EMPTY,
    State.INQUIRING: Tone.HALF,
    State.CHECKING: Tone.ATTENTION,
    State.READY: Tone.EMPTY,
    State.COMPUTED: Tone.HALF,
    State.FORWARDED: Tone.HALF,
    State.RETURNED: Tone.ATTENTION,
    State.PROPOSED: Tone.HALF,
    State.DECIDED: Tone.DONE,
    State.NOTICED: Tone.DONE,
    State.WITHDRAWN: Tone.EMPTY,
}
UNFINISHED_AT_SCHOOL = (State.INTAKE, State.INQUIRING, State.CHECKING, State.READY, State.RETURNED)


def tone(state: str) -> Tone:
    return TONES[State(state)]
