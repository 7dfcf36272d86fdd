"""All records about the family of one record: whoever opened the 調書 saw the child, though the trail names the 調書 alone.

The trail names what a page was about and no more (a 調書, a household, a pupil); which of these are about the same family only
the rooms of the domain know. One of them registers itself in `AppConfig.ready()`; this room imports none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from audit.trail.entries import Subject
from audit.trail.reader import Filters

Family = Callable[[Subject], Iterable[Subject]]

_families: list[Family] = []


def register_family(family: Family) -> None:
    if family not in _families:
        _families.append(family)


def with_family(subject: Subject) -> tuple[Subject, ...]:
    """The subject, first, and every other under which the trail may name the same family; alone when it is nobody's record."""
    return tuple(dict.fromkeys([subject, *(other for family in _families for other in family(subject))]))


def of_family(filters: Filters) -> Filters:
    """The same question asked about the whole family of its subject."""
    if filters.subject is None:
        return filters
    subjects = with_family(filters.subject)
    return replace(filters, subjects=subjects if len(subjects) > 1 else ())
