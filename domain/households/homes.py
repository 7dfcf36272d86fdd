"""To which household a subject of the trail belongs, and which subjects belong to a household. Rooms above register the kinds of
subject they own, always for both questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db.models import QuerySet

from audit.detection.homes import Home, register_homes
from audit.detection.sharing import once
from audit.review.families import register_family
from audit.trail.entries import Subject
from domain.households.models import Household, Member, Pupil

Resolver = Callable[[Sequence[int]], Mapping[int, int]]
"""From our ids of one kind to ids of households; ids that do not exist are left out."""
Lister = Callable[[int], Iterable[int]]
"""From a household to all our ids of one kind that are about it, of whatever year. One query."""


def of_rows(rows: Callable[[], QuerySet], home: str) -> tuple[Resolver, Lister]:  # type: ignore[type-arg]
    """Both ways of a kind whose rows name their household at `home` (a path of fields)."""

    def resolve(ids: Sequence[int]) -> Mapping[int, int]:
        return dict(rows().filter(pk__in=ids).values_list("pk", home))

    def listed(household: int) -> Iterable[int]:
        return rows().filter(**{home: household}).order_by("pk").values_list("pk", flat=True)

    return resolve, listed


def _themselves(ids: Sequence[int]) -> Mapping[int, int]:
    return {pk: pk for pk in Household.objects.filter(pk__in=ids).values_list("pk", flat=True)}


_kinds: dict[str, tuple[Resolver, Lister]] = {
    "household": (_themselves, lambda household: [household]),
    "member": of_rows(Member.objects.all, "household_id"),
    "pupil": of_rows(Pupil.objects.all, "member__household_id"),
}


def register_kind(kind: str, resolver: Resolver, listed: Lister) -> None:
    _kinds[kind] = resolver, listed


def register() -> None:
    register_family(family_of)
    register_homes(placed)


def family_of(subject: Subject) -> list[Subject]:
    """Every subject under which the trail may name the household of this one; none when it belongs to none. One query a kind."""
    home = _looked_up([subject]).get(subject)
    if home is None:
        return []
    return [Subject(kind, str(pk)) for kind, (_, listed) in _kinds.items() for pk in listed(home)]


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


def placed(subjects: Iterable[Subject]) -> dict[Subject, Home]:
    """For the watch: with the number by which lists of households are ordered."""
    homes = homes_of(subjects)
    known: dict[int, str] = once("households.numbers", dict)
    if new := set(homes.values()) - known.keys():
        known |= dict(Household.objects.filter(pk__in=new).values_list("pk", "number"))
    return {s: Home(Subject("household", str(home)), known[home]) for s, home in homes.items() if home in known}


def _looked_up(subjects: Sequence[Subject]) -> dict[Subject, int]:
    by_kind: dict[str, list[Subject]] = {}
    for subject in subjects:
        if subject.id.isdigit() and len(subject.id) < 19:
            by_kind.setdefault(subject.kind, []).append(subject)
    found: dict[Subject, int] = {}
    for kind, some in by_kind.items():
        homes = _kinds[kind][0]([int(subject.id) for subject in some]) if kind in _kinds else {}
        found |= {subject: homes[int(subject.id)] for subject in some if int(subject.id) in homes}
    return found


def subjects_in(
    subjects: Sequence[Subject], wanted: Callable[[set[int]], Iterable[int]], words: str
) -> dict[Subject, str]:
    """The subjects whose household is among those `wanted` names of all, each with the words."""
    homes = homes_of(subjects)
    chosen = set(wanted(set(homes.values()))) if homes else set()
    return {subject: words for subject, home in homes.items() if home in chosen}
