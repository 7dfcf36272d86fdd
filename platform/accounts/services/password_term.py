"""The prefecture's own end to passwords. Off by default: a forced change makes weaker ones (NIST SP 800-63B, ASVS 6.2.10).

Looked at once, at log-in: the session then begins as one that can only choose a new password.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import PasswordTerm, User
from audit.trail.actors import current_actor
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

SHORTEST: Final = 30
LONGEST: Final = 1_095
"""Days that may be chosen: a month to three years."""


def days() -> int | None:
    """How many days a password lasts in this scope; None: for ever (always so on the console)."""
    newest = PasswordTerm.objects.first()
    return newest.days if newest else None


def decide(chosen: int | None) -> None:
    """From the next log-in on. None: no end."""
    with transaction.atomic():
        before = days()
        if before == chosen:
            return
        PasswordTerm.objects.create(days=chosen, set_by=current_actor().name[:80], set_at=timezone.now())
        record(Event.ACCOUNT_RULE_CHANGED, detail={"before": before, "after": chosen})


def has_expired(user: User, now: datetime) -> bool:
    """Whether the person has to choose a new password before anything else."""
    lasts = days()
    return lasts is not None and now - user.password_set_at >= timedelta(days=lasts)
