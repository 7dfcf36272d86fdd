"""What higher packages show on a household's page: the vault the state of numbers, others their links.

They register themselves in `AppConfig.ready()`; this package knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Mark:
    """State of one member in one respect: a word of `web.states`, and where to act on it ("" = nowhere)."""

    title: str
    word: str
    url: str = ""
    act: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A way from the household to what another package holds about it. `state` is a word of `web.states`, or ""."""

    title: str
    url: str
    state: str = ""


Compared = Callable[[Collection[int]], object]
"""Household ids of which somebody's name, birth date or address was changed just now, in the transaction of the change."""
Effects = Callable[[Sequence[int], date], list[str]]
"""(pupil ids, first day of a change) → sentences on what was already done with what held from that day on, in order of
time. One or two queries; no names in them."""
CategoryDays = Callable[[int], list[tuple[date, int | None]]]
"""pupil id → the days on which a 支弁区分 that is valid today begins, in order, each with the pupil's category."""
MemberMarks = Callable[[User, Sequence[int]], dict[int, Mark]]
"""(person, member ids) → marks by member id. One query, whatever the number of members."""
HouseholdLinks = Callable[[User, int], list[Link]]
"""(person, household id) → links. A fixed number of queries."""


@dataclass(frozen=True, slots=True)
class Correcting:
    """What a room above has to say to a correction of the facts a household's year is computed from.

    `require`: household id → raises correcting.CorrectionRefused. `effects`: household id → sentences. `after`: household id,
    called in the transaction of the correction.
    """

    require: Callable[[int], None]
    effects: Callable[[int], list[str]]
    after: Callable[[int], None]


_correcting: list[Correcting] = []
_compared: list[Compared] = []
_member_marks: list[MemberMarks] = []
_household_links: list[HouseholdLinks] = []
_effects: list[Effects] = []
_category_days: list[CategoryDays] = []


def register_member_marks(provider: MemberMarks) -> None:
    if provider not in _member_marks:
        _member_marks.append(provider)


def register_household_links(provider: HouseholdLinks) -> None:
    if provider not in _household_links:
        _household_links.append(provider)


def register_effects(provider: Effects) -> None:
    if provider not in _effects:
        _effects.append(provider)


def register_category_days(provider: CategoryDays) -> None:
    if provider not in _category_days:
        _category_days.append(provider)


def register_correcting(provider: Correcting) -> None:
    if provider not in _correcting:
        _correcting.append(provider)


def register_compared(provider: Compared) -> None:
    if provider not in _compared:
        _compared.append(provider)


def identified_anew(household_ids: Collection[int]) -> None:
    """Tell the rooms above that answers about these people are to be compared with other facts."""
    for provider in _compared if household_ids else ():
        provider(household_ids)


def require_correctable(household_id: int) -> None:
    """Raises CorrectionRefused where what was decided would change silently."""
    for provider in _correcting:
        provider.require(household_id)


def correction_effects(household_id: int) -> list[str]:
    return [sentence for provider in _correcting for sentence in provider.effects(household_id)]


def corrected(household_id: int) -> None:
    """Tell the rooms above that the facts have changed."""
    for provider in _correcting:
        provider.after(household_id)


def category_days(pupil: int) -> list[tuple[date, int | None]]:
    """What was decided for a pupil, for laying it on rows that are written later."""
    return [day for provider in _category_days for day in provider(pupil)]


def effects_from(pupils: Sequence[int], day: date) -> list[str]:
    """What a change of these pupils from `day` on touches of what is computed, decided or paid already."""
    return [sentence for provider in _effects for sentence in provider(pupils, day)]


def member_marks(user: User, member_ids: Sequence[int]) -> dict[int, list[Mark]]:
    marks: dict[int, list[Mark]] = {member_id: [] for member_id in member_ids}
    for provider in _member_marks:
        for member_id, mark in provider(user, member_ids).items():
            marks[member_id].append(mark)
    return marks


def household_links(user: User, household_id: int) -> list[Link]:
    return [link for provider in _household_links for link in provider(user, household_id)]
