"""Where the rooms of the work say what a 事務コード is for: about whom there is such work, whether there is any now, on which pages.

They register in `ready()`; this room imports none of them. The code somebody chose to see a number is compared with what they tell
(signal 27): a purpose that fits neither the person, nor a page opened before, was only the easiest one to choose.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from audit.detection.sharing import once
from audit.trail.entries import Subject
from audit.trail.vocabulary import Event


@dataclass(frozen=True, slots=True)
class Screen:
    """A page by the event of its reading; `listed`: where many lists share an event, what its detail `list` says."""

    event: Event
    listed: str = ""


@dataclass(frozen=True, slots=True)
class Purpose:
    """`fits` names, of some members, those about whom there is work of this kind on the day, or was within 30 days before;
    `in_season`: whether anybody in the prefecture has it."""

    code: str
    title: str
    fits: Callable[[Sequence[Subject], date], Collection[Subject]]
    in_season: Callable[[date], bool]
    screens: frozenset[Screen] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one purpose on one day: of the members asked about, those whom it fits."""

    title: str
    fitting: frozenset[Subject] = frozenset()
    in_season: bool = False
    screens: frozenset[Screen] = field(default_factory=frozenset)


DAYS_BACK = 30
_purposes: dict[str, Purpose] = {}


def register_purpose(purpose: Purpose) -> None:
    """Registering a code again replaces: `ready()` may run twice."""
    _purposes[purpose.code] = purpose


def standing_of(asked: Mapping[str, Collection[Subject]], on: date) -> dict[str, Standing]:
    """By 事務コード, for the members it was used for; a code of which nobody tells anything is left out."""
    return {code: _standing(_purposes[code], members, on) for code, members in asked.items() if code in _purposes}


def _standing(purpose: Purpose, members: Collection[Subject], on: date) -> Standing:
    """The season is asked once a sweep, and only where somebody is left whom the purpose does not fit."""
    fitting = frozenset(purpose.fits(sorted(members), on))
    has_work = bool(members) and fitting.issuperset(members)
    in_season = has_work or once(("watch.season", purpose.code, on), lambda: purpose.in_season(on))
    return Standing(purpose.title, fitting, in_season, purpose.screens)
