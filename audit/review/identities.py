"""From what a person knows (世帯番号, 学籍番号, 学校, a name) to our internal ids, and back to what may be printed.

The trail holds internal ids only. Rooms that know more register themselves here in `AppConfig.ready()`; this room imports none
of them. A finder gets the typed words and answers candidates; a namer gets ids of one kind and answers printable ids (世帯番号,
学籍番号, 学校名) for those the viewer may know. Names of people are never among them, and nothing of it goes into the trail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from audit.trail.entries import Subject

MOST_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """One who or what the words may mean. `label` is for the page of the one who searched; `is_actor`: as the one who acted."""

    label: str
    kind: str
    id: str
    is_actor: bool = False


Finder = Callable[[str, User], Iterable[Candidate]]
Namer = Callable[[Sequence[str], User], Mapping[str, str]]

_finders: list[Finder] = []
_namers: dict[str, Namer] = {}


def register_finder(finder: Finder) -> None:
    if finder not in _finders:
        _finders.append(finder)


def register_namer(kind: str, namer: Namer) -> None:
    _namers[kind] = namer


def find(words: str, viewer: User) -> list[Candidate]:
    """Staff first, then what the domain knows; at most MOST_CANDIDATES."""
    found = [*_staff(words), *(candidate for finder in _finders for candidate in finder(words, viewer))]
    return found[:MOST_CANDIDATES]


def printable(subjects: Iterable[Subject], viewer: User) -> dict[Subject, str]:
    """Printable ids of the subjects that have one: one query for each kind, however many there are."""
    by_kind: dict[str, list[str]] = {}
    for subject in dict.fromkeys(subjects):
        by_kind.setdefault(subject.kind, []).append(subject.id)
    return {
        Subject(kind, identity): shown
        for kind, ids in by_kind.items()
        if kind in _namers
        for identity, shown in _namers[kind](ids, viewer).items()
    }


def _staff(words: str) -> Iterable[Candidate]:
    """職員ID in full, or a part of the name or kana."""
    found = User.objects.filter(Q(username=words.lower()) | Q(display_name__icontains=words) | Q(kana__icontains=words))
    for user in found.order_by("username")[:MOST_CANDIDATES]:
        yield Candidate(f"職員 {user}が行ったこと", "user", str(user.pk), is_actor=True)


def staff_names(ids: Sequence[str], _viewer: User) -> dict[str, str]:
    """職員ID by internal id; ids that are no number belong to the system."""
    known = User.objects.filter(pk__in=[identity for identity in ids if identity.isdecimal()])
    return {str(pk): username for pk, username in known.values_list("pk", "username")}


register_namer("user", staff_names)
