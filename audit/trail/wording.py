"""What the words of an event are made of."""

from typing import NamedTuple


class Wording(NamedTuple):
    """``label`` for lists; ``act`` completes "誰々が"; ``meaning`` says when the event is written."""

    label: str
    act: str
    meaning: str
