"""The two steps of logging in: the password, and (after the one-time password) the session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts import actors
from accounts.access import may, roles_in_force
from accounts.address import network_of_address
from accounts.errors import StoppedMeanwhile
from accounts.hooks import LoginSeen, on_login
from accounts.models import EndReason, SessionRecord, User
from accounts.permissions import Permission
from accounts.services import attempts
from accounts.services.locking import lock_person
from accounts.services.sessions import end_live_session
from audit.trail.actors import acting_as
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

Method = Literal["totp", "backup", "vendor", "webauthn"]


@dataclass(frozen=True, slots=True)
class PasswordOutcome:
    """`user` when the password was right. `blocked_until`: nothing is heard before."""

    user: User | None = None
    blocked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """From where a session is begun."""

    terminal: str
    address: str | None = None
    agent: str = ""

    @property
    def network(self) -> str:
        return network_of_address(self.address)


def check_password_login(username: str, password: str, terminal: str, network: str = "") -> PasswordOutcome:
    """The first factor. Takes the same time and gives the same answer whether the account exists or not. `network`: for the record."""
    name = attempts.canonical_username(username)
    with transaction.atomic():
        user = User.objects.filter(username=name).first()
        row = attempts.lock("password", name, user, terminal)
        now = timezone.now()
        blocked_until = row.failures.blocked_until(now)
        if blocked_until:
            return PasswordOutcome(blocked_until=blocked_until)
        is_right = _is_right(user, password)
        if user is not None and is_right and user.is_current(timezone.localdate(now)):
            return PasswordOutcome(user)
        reason = "not_current" if is_right else "wrong" if user else "unknown"
        return PasswordOutcome(blocked_until=attempts.failed(row, user, terminal, reason, now, network))


def complete_login(user: User, method: Method, origin: Origin) -> SessionRecord:
    """Both factors were right: begin the one live session of the person; an older one ends and is told why.

    `user` as the password was checked. Raises StoppedMeanwhile when since then the last day ended, the account or its factors
    were stopped (紛失), or the password was changed.
    """
    with transaction.atomic():
        attempts.forget(user.username, user, origin.terminal)
        locked, now = lock_person(user.pk), timezone.now()
        if locked.must_enrol or locked.password != user.password or not locked.is_current(timezone.localdate(now)):
            raise StoppedMeanwhile
        session = SessionRecord(
            user=locked,
            terminal=origin.terminal,
            address=origin.address,
            agent=origin.agent,
            method=method,
            failures_before=locked.failures_since_login,
            started_at=now,
            last_seen_at=now,
        )
        with acting_as(
            actors.person(locked, roles_in_force(locked), terminal=origin.terminal, session=str(session.pk))
        ):
            _begin(locked, session)
        return session


def _begin(user: User, session: SessionRecord) -> None:
    end_live_session(user, EndReason.REPLACED)
    is_new = not SessionRecord.objects.filter(user=user, terminal=session.terminal).exists()
    session.save(force_insert=True)
    user.live_session = session
    user.failures_since_login = 0
    user.came_as_approver = user.came_as_approver or may(user, Permission.APPROVE_ACCOUNT)
    user.save(update_fields=["live_session", "failures_since_login", "came_as_approver"])
    record(
        Event.SESSION_LOGIN_SUCCEEDED,
        subjects=[actors.subject(user)],
        detail={"method": session.method, "new_terminal": is_new, "session": str(session.pk)},
    )
    roles = tuple(assignment.role for assignment in roles_in_force(user))
    method = session.method
    on_login.announce(LoginSeen(user.pk, session.pk, session.started_at, session.terminal, is_new, roles, method))


def _is_right(user: User | None, password: str) -> bool:
    if user is None or not user.has_usable_password():
        make_password(password)
        return False
    return user.check_password(password)
