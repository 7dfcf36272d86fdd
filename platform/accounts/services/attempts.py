"""Counting failures of passwords and activation codes, per (account, terminal).

All terminals on which the account never logged in share one count. So a stranger who throws the terminal cookie away gains
nothing, and cannot shut the person out of their own terminal either (OWASP "device cookies").
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db.models import F, Q

from accounts.actors import claimed, subject
from accounts.models import LoginThrottle, SessionRecord, User
from accounts.throttle import FORGET_AFTER, wait_after
from audit.trail.actors import acting_as
from audit.trail.entries import JSON
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from tenants.core import keys
from web.text import normalise_digits

Purpose = Literal["password", "activation"]
STRANGE_TERMINALS = ""


def canonical_username(typed: str) -> str:
    return normalise_digits(typed).lower()


def lock(purpose: Purpose, username: str, user: User | None, terminal: str) -> LoginThrottle:
    """The count for this account here, locked until the transaction ends; unknown accounts are counted alike."""
    key = _key(purpose, username, _bucket(user, terminal))
    return LoginThrottle.objects.select_for_update().get_or_create(key=key)[0]


def failed(
    row: LoginThrottle, user: User | None, terminal: str, reason: str, now: datetime, network: str = ""
) -> datetime | None:
    """Count a failure and record it. Returns until when nothing more is heard, if so.

    The network is told for the watch alone: whoever throws the terminal cookie away is another terminal each time.
    """
    failures = row.failures.one_more(now)
    row.keep(failures)
    subjects = [subject(user)] if user else []
    if user is not None:
        User.objects.filter(pk=user.pk).update(failures_since_login=F("failures_since_login") + 1)
    with acting_as(claimed(user, terminal)):
        detail: dict[str, JSON] = {"reason": reason, "in_a_row": failures.count}
        record(
            Event.SESSION_PASSWORD_FAILED,
            subjects=subjects,
            detail=detail | ({"network": network} if network else {}),
        )
        wait = wait_after(failures.count)
        if wait:
            record(
                Event.SESSION_ATTEMPTS_THROTTLED,
                subjects=subjects,
                detail={"what": "password", "seconds": int(wait.total_seconds())},
            )
    return failures.blocked_until(now)


def forget(username: str, user: User, terminal: str) -> None:
    """After a complete log-in: the counts of this terminal start again."""
    buckets = {_bucket(user, terminal), terminal}
    keys_of = [_key(purpose, username, bucket) for purpose in ("password", "activation") for bucket in buckets]
    _begin_anew(keys_of)


def forget_all(user: User) -> None:
    """A manager lifts the waits of a person on every terminal."""
    terminals = set(SessionRecord.objects.filter(user=user).values_list("terminal", flat=True)) | {STRANGE_TERMINALS}
    keys_of = [_key(purpose, user.username, one) for purpose in ("password", "activation") for one in terminals]
    _begin_anew(keys_of)


def _begin_anew(keys_of: list[str]) -> None:
    rows = LoginThrottle.objects.select_for_update().filter(key__in=keys_of).order_by("key")
    LoginThrottle.objects.filter(pk__in=[row.pk for row in rows]).update(count=0, last_failure=None)


def prune(now: datetime) -> int:
    """Drop counts that no longer say anything. Returns how many."""
    return LoginThrottle.objects.filter(Q(last_failure=None) | Q(last_failure__lte=now - FORGET_AFTER)).delete()[0]


def _bucket(user: User | None, terminal: str) -> str:
    known = user is not None and SessionRecord.objects.filter(user=user, terminal=terminal).exists()
    return terminal if known else STRANGE_TERMINALS


def _key(purpose: str, username: str, bucket: str) -> str:
    return keys.blind_index("login-throttle", f"{purpose}|{username}|{bucket}").hex()
