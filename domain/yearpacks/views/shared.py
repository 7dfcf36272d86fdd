"""What several pages of the 年度定義 need."""

from __future__ import annotations

from web.states import Tone

_TONES = {
    "draft": Tone.EMPTY,
    "proposed": Tone.HALF,
    "approved": Tone.DONE,
    "withdrawn": Tone.STOPPED,
}


def tone_of_state(state: str) -> Tone:
    """Shape and colour of a revision's or proposal's state."""
    return _TONES[state]
