"""Ids handed to the database page by page: after a large import the planner's statistics are old, and a join over whole
tables may then take minutes; a list of ids is looked up by index whatever it believes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from domain.households.models import Pupil

SIZE = 1_000


def pages(ids: Iterable[int], size: int = SIZE) -> Iterator[list[int]]:
    """The ids in order, each once, in lists of at most `size`."""
    rest = iter(sorted(set(ids)))
    while page := list(islice(rest, size)):
        yield page


def members_of(pupils: Iterable[int]) -> dict[int, int]:
    """構成員 of each pupil, by id."""
    found: dict[int, int] = {}
    for page in pages(pupils):
        found.update(Pupil.objects.filter(pk__in=page).values_list("pk", "member"))
    return found


def households_of(pupils: Iterable[int]) -> dict[int, int]:
    """世帯 of each pupil, by id."""
    found: dict[int, int] = {}
    for page in pages(pupils):
        found.update(Pupil.objects.filter(pk__in=page).values_list("pk", "member__household"))
    return found
