"""What makes a request that waits for its second person stale: too long a time, an asker who is gone, or who may not ask any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User

Happening = Callable[[User, pytest.MonkeyPatch], object]


def _time_passes(_asker: User, patch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + timedelta(days=14)
    patch.setattr("django.utils.timezone.now", lambda: later)


WAYS: dict[str, Happening] = {
    "期限が切れた": _time_passes,
    "申請した人の利用が終わっている": lambda asker, _: User.objects.filter(pk=asker.pk).update(is_active=False),
    "の権限がない": lambda asker, _: asker.role_assignments.all().delete(),
}
"""What the refusal says, and what happens before."""


def ways_to_go_stale(asker: User) -> Iterator[str]:
    """Each in turn has happened while the loop runs, and is undone after it. Yields what the refusal must say."""
    for words, happens in WAYS.items():
        with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
            happens(asker, patch)
            yield words
            transaction.set_rollback(True)
