"""To which household a subject of the trail belongs. Rooms above register the kinds of subject they own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from audit.detection.sharing import once
from audit.trail.entries import Subject
from domain.households.models import Household, Member, Pupil

Resolver = Callable[[Sequence[int]], Mapping[int, int]]
"""From our ids of one kind to ids of households; ids that do not exist are left out."""


def _households(ids: Sequence[int]) -> Mapping[int, int]:
    return {pk: pk for pk in Household.objects.filter(pk__in=ids).values_list("pk", flat=True)}


def _members(ids: Sequence[int]) -> Mapping[int, int]:
    return dict(Member.objects.filter(pk__in=ids).values_list("pk", "household_id"))


def _pupils(ids: Sequence[int]) -> Mapping[int, int]:
    return dict(Pupil.objects.filter(pk__in=ids).values_list("pk", "member__household_id"))


_resolvers: dict[str, Resolver] = {"household": _households, "member": _members, "pupil": _pupils}


def register_kind(kind: str, resolver: Resolver) -> None:
    _resolvers[kind] = resolver


def homes_of(subjects: Iterable[Subject]) -> dict[Subject, int]:
    """Subject → household, one query a kind. Unknown kinds and ids are left out.

    Within a sweep a subject is looked up once, whichever explainers and markers ask about it.
    """
    asked = list(dict.fromkeys(subjects))
    known: dict[Subject, int | None] = once("households.homes", dict)
    if new := [subject for subject in asked if subject not in known]:
        found = _looked_up(new)
        known |= {subject: found.get(subject) for subject in new}
    return {subject: home for subject in asked if (home := known[subject]) is not None}


def _looked_up(subjects: Sequence[Subject]) -> dict[Subject, int]:
    by_kind: dict[str, list[Subject]] = {}
    for subject in subjects:
        if subject.id.isdigit() and len(subject.id) < 19:
            by_kind.setdefault(subject.kind, []).append(subject)
    found: dict[Subject, int] = {}
    for kind, some in by_kind.items():
        homes = _resolvers[kind]([int(subject.id) for subject in some]) if kind in _resolvers else {}
        found |= {subject: homes[int(subject.id)] for subject in some if int(subject.id) in homes}
    return found


def subjects_in(
    subjects: Sequence[Subject], wanted: Callable[[set[int]], Iterable[int]], words: str
) -> dict[Subject, str]:
    """The subjects whose household is among those `wanted` names of all, each with the words."""
    homes = homes_of(subjects)
    chosen = set(wanted(set(homes.values()))) if homes else set()
    return {subject: words for subject, home in homes.items() if home in chosen}
