"""What other rooms can hand out about a subject for a request of disclosure, named beside our own 開示用の記録.

Rooms register themselves in `AppConfig.ready()`; this room imports none of them. Who may not open the page is told who can.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accounts.access import may
from accounts.models import User
from accounts.permissions import Permission
from audit.trail.entries import Subject


@dataclass(frozen=True, slots=True)
class Extract:
    """`address` makes the page's address from the subject's id; `who` says whom to ask, in words."""

    title: str
    address: Callable[[str], str]
    permission: Permission
    who: str


_extracts: dict[str, list[Extract]] = {}


def register_extract(kind: str, extract: Extract) -> None:
    kept = _extracts.setdefault(kind, [])
    if extract not in kept:
        kept.append(extract)


def extracts_of(subject: Subject, viewer: User) -> list[tuple[Extract, str]]:
    """Each with the address of its page, "" for who may not open it."""
    found = _extracts.get(subject.kind, []) if subject.id.isdecimal() else []
    return [(one, one.address(subject.id) if may(viewer, one.permission) else "") for one in found]
