"""Keeping, finding and dropping drafts of unsaved input. Nothing of their contents goes into the trail or a log."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import InputDraft, User
from accounts.models.drafts import LONGEST_ACTION, LONGEST_PAGE
from accounts.services.locking import lock_person
from web.text import digits_like_number

KEPT: Final = timedelta(hours=12)
MOST_BYTES: Final = 64 * 1024
MOST_OF_ONE_PERSON: Final = 20

SECRET: Final = frozenset(
    {"password", "again", "current", "token", "code", "secret", "key", "account_number", "csrfmiddlewaretoken"}
)
"""Names of fields that are never kept, on any page; `tests/platform/accounts/test_drafts.py` walks the forms and compares."""


def worth_keeping(given: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without secrets and whatever reads like an individual number; nothing when nothing was typed, or far too much."""
    kept = [
        (name, value)
        for name, value in given
        if name not in SECRET and not digits_like_number(name) and not digits_like_number(value)
    ]
    too_much = len(json.dumps(kept)) > MOST_BYTES
    return kept if any(value.strip() for _, value in kept) and not too_much else []


def keep(user: User, terminal: str, page: str, action: str, given: Iterable[tuple[str, str]]) -> InputDraft | None:
    """The newest input of this person for a form, in place of an older one; None when there is nothing to keep."""
    fields = worth_keeping(given)
    if not fields or len(page) > LONGEST_PAGE or len(action) > LONGEST_ACTION:
        return None
    with transaction.atomic():
        lock_person(user.pk)  # two saves of one person come one after the other
        draft = InputDraft.objects.filter(user=user, action=action).first() or InputDraft(user=user, action=action)
        draft.terminal, draft.page, draft.saved_at = terminal, page, timezone.now()
        draft.seal(fields)
        draft.save()
        surplus = InputDraft.objects.filter(user=user).values_list("pk", flat=True)[MOST_OF_ONE_PERSON:]
        InputDraft.objects.filter(pk__in=list(surplus)).delete()
    return draft


def drafts_of(user: User, terminal: str) -> QuerySet[InputDraft]:
    """What this person left on this terminal, newest first. Never another's, never of another terminal, never old."""
    return InputDraft.objects.filter(user=user, terminal=terminal, saved_at__gt=timezone.now() - KEPT)


def forget(user: User, **which: object) -> list[str]:
    """Drop drafts of this person: all, or those of one form. Their ids."""
    dropped = list(InputDraft.objects.filter(user=user, **which).values_list("pk", flat=True))
    InputDraft.objects.filter(pk__in=dropped).delete()
    return [str(pk) for pk in dropped]


def purge() -> int:
    """Drop what is older than KEPT. Returns how many."""
    return InputDraft.objects.filter(saved_at__lte=timezone.now() - KEPT).delete()[0]
