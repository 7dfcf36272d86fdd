"""What higher packages show on a household's page: the vault the state of numbers, others their links.

They register themselves in `AppConfig.ready()`; this package knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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


MemberMarks = Callable[[User, Sequence[int]], dict[int, Mark]]
"""(person, member ids) → marks by member id. One query, whatever the number of members."""
HouseholdLinks = Callable[[User, int], list[Link]]
"""(person, household id) → links. A fixed number of queries."""

_member_marks: list[MemberMarks] = []
_household_links: list[HouseholdLinks] = []


def register_member_marks(provider: MemberMarks) -> None:
    if provider not in _member_marks:
        _member_marks.append(provider)


def register_household_links(provider: HouseholdLinks) -> None:
    if provider not in _household_links:
        _household_links.append(provider)


def member_marks(user: User, member_ids: Sequence[int]) -> dict[int, list[Mark]]:
    marks: dict[int, list[Mark]] = {member_id: [] for member_id in member_ids}
    for provider in _member_marks:
        for member_id, mark in provider(user, member_ids).items():
            marks[member_id].append(mark)
    return marks


def household_links(user: User, household_id: int) -> list[Link]:
    return [link for provider in _household_links for link in provider(user, household_id)]
