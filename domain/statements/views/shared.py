"""What several pages need."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import NoReverseMatch, reverse

from audit.trail.recorder import Subject


def subjects(statement_ids: Iterable[int]) -> tuple[Subject, ...]:
    return tuple(Subject("statement", str(pk)) for pk in statement_ids)


def place(name: str, *arguments: object, query: str = "") -> str:
    """The path of a page of another room, "" where this installation does not have it."""
    try:
        return reverse(name, args=arguments) + (f"?{query}" if query else "")
    except NoReverseMatch:
        return ""
