"""Where the rooms of the work say why an access was right, and whose record is special. They register in `ready()`.

This room imports none of them. An explainer is asked about all subjects of one person at once and answers in words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from audit.trail.entries import Subject

CANARY = "canary"
"""The word of a mark for a household that was made up for the watch."""

Reasons = Mapping[Subject, str]


@dataclass(frozen=True, slots=True)
class Explainer:
    """`code`: E1 … E6 of the list of reasons. `explain` names, of the subjects a person saw on a day, those it has a
    reason for, with the reason in words (never a name). `by_oneself`: the person makes the reason with an act of their own;
    it explains no record that is special, for whoever looks where they should not would act as well. `of_watched`: the kinds of watched
    records (支援措置) that it explains, None for all: for a reason that may be the person's own act and is everybody's daily work."""

    code: str
    title: str
    explain: Callable[[User, Sequence[Subject], date], Reasons]
    by_oneself: bool = False
    of_watched: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Marker:
    """Whose record is special: `mark` names, of some subjects, those that are, with a word for the kind of mark."""

    name: str
    mark: Callable[[User, Sequence[Subject]], Reasons]


_explainers: dict[str, Explainer] = {}
_watched: dict[str, Marker] = {}
_related: dict[str, Marker] = {}


def register_explainer(explainer: Explainer, room: str) -> None:
    """Registering again from the same room replaces: `ready()` may run twice."""
    _explainers[f"{explainer.code}:{room}"] = explainer


def register_watched(marker: Marker) -> None:
    _watched[marker.name] = marker


def register_related(marker: Marker) -> None:
    _related[marker.name] = marker


def explainers() -> tuple[Explainer, ...]:
    return tuple(_explainers[key] for key in sorted(_explainers))


def explained(user: User, subjects: Iterable[Subject], day: date) -> dict[Subject, str] | None:
    """Every subject with a reason, and the first reason found. None while nobody has registered a reason."""
    if not _explainers:
        return None
    found: dict[Subject, str] = {}
    left = sorted(set(subjects))
    for explainer in explainers():
        if left:
            found |= {s: f"{explainer.code} {words}" for s, words in _given(explainer, user, left, day).items()}
            left = [subject for subject in left if subject not in found]
    return found


def _given(explainer: Explainer, user: User, subjects: Sequence[Subject], day: date) -> Reasons:
    given = explainer.explain(user, subjects, day)
    special: Collection[Subject]
    if explainer.by_oneself:
        special = watched(user, given).keys() | (related(user, given) or {}).keys()
    elif explainer.of_watched is not None:
        special = watched(user, (subject for subject in given if subject.kind not in explainer.of_watched)).keys()
    else:
        return given
    return {subject: words for subject, words in given.items() if subject not in special}


def watched(user: User, subjects: Iterable[Subject]) -> dict[Subject, str]:
    return _marks(_watched, user, subjects)


def related(user: User, subjects: Iterable[Subject]) -> dict[Subject, str] | None:
    """None while nobody can compare (a rule is then not evaluable)."""
    return _marks(_related, user, subjects) if _related else None


def _marks(markers: Mapping[str, Marker], user: User, subjects: Iterable[Subject]) -> dict[Subject, str]:
    wanted = sorted(set(subjects))
    found: dict[Subject, str] = {}
    for name in sorted(markers):
        found |= markers[name].mark(user, wanted) if wanted else {}
    return found
