"""Who is behind a request: decided once, before any view, from host, session and terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import actors, session_state, terminals
from accounts.access import labels_of, roles_in_force
from accounts.models import EndReason, RoleAssignment, SessionRecord, User
from accounts.permissions import Permission, permissions_of
from accounts.services.sessions import end_session, idle_limit, note_seen, time_left, time_out
from accounts.services.vendor import close_if_ended_by_operator
from accounts.terminals import Terminal
from accounts.vendor import is_operator_now
from audit.trail.actors import Actor, acting_as
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

VENDOR = "運用事業者の立入り"


class Stage(StrEnum):
    NOBODY = "nobody"
    PENDING = "pending"
    ENROLLING = "enrolling"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class Visit:
    """The answer. `ended` says why a session that came with the request was closed just now."""

    scope: str
    terminal: Terminal
    actor: Actor
    stage: Stage = Stage.NOBODY
    ended: str = ""
    ended_session: SessionRecord | None = None
    """The record which the cookie of that closed session named."""
    session: SessionRecord | None = None
    roles: Sequence[RoleAssignment] = ()
    last_login: datetime | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(assignment.role for assignment in self.roles)

    @property
    def role_labels(self) -> list[str]:
        if self.is_vendor:
            return [VENDOR]
        return labels_of(self.roles)

    @property
    def is_vendor(self) -> bool:
        """Whether this is an operator of the vendor inside a window."""
        return self.session is not None and self.session.user.vendor_window_id is not None

    def note_seen(self) -> None:
        if self.session is not None:
            note_seen(self.session, timezone.now())

    def seconds_left(self) -> dict[str, int]:
        """Until the session ends without a sign of life ("idle"; "limit" after the next one), and in any case ("absolute")."""
        if self.session is None:
            return {}
        spans = time_left(self.session, timezone.now()) | {"limit": idle_limit(self.session.user)}
        return {what: int(span.total_seconds()) for what, span in spans.items()}


def look(request: HttpRequest, scope: str) -> Visit:
    """Find out who it is; close a session that is foreign, taken over, or over. At most four queries while all is well."""
    terminal = terminals.terminal_of(request, scope)
    nobody = Visit(scope, terminal, actors.claimed(None, terminal.id))
    if terminal.is_foreign:
        _refuse_foreign(nobody, "terminal")
    session = request.session
    if not session_state.is_ours(session):
        return nobody
    if session.get(session_state.SCOPE) != scope:
        _refuse_foreign(nobody, "session")
        session.flush()
        return replace(nobody, ended=EndReason.SCOPE.value)
    if request.user.is_authenticated:
        return _signed_in(request, request.user, nobody)
    return replace(nobody, stage=_stage_of_stranger(request))


def _stage_of_stranger(request: HttpRequest) -> Stage:
    if session_state.pending_user_id(request.session) is not None:
        return Stage.PENDING
    if session_state.enrolling_user_id(request.session) is not None:
        return Stage.ENROLLING
    return Stage.NOBODY


def _signed_in(request: HttpRequest, user: User, nobody: Visit) -> Visit:
    live = user.live_session
    if live is None or live.pk != session_state.record_id(request.session):
        return _after_its_end(request, user, nobody)
    live.user = user
    roles = roles_in_force(user)
    actor = actors.person(user, roles, terminal=nobody.terminal.id, session=str(live.pk))
    if user.vendor_window_id is not None:
        actor = replace(actor, role=VENDOR)
    over = _why_over(user, live, nobody.terminal)
    if over is not None:
        reason, at = over
        with acting_as(actor):
            end_session(live, reason, at)
        request.session.flush()
        return replace(nobody, ended=reason.value, ended_session=live)
    last_login = session_state.last_login_at(request.session)
    return replace(nobody, stage=Stage.SIGNED_IN, actor=actor, session=live, roles=roles, last_login=last_login)


def _after_its_end(request: HttpRequest, user: User, nobody: Visit) -> Visit:
    """The session's record had ended before this request (by housekeeping, a manager, another log-in): say why."""
    named = session_state.record_id(request.session)
    known = SessionRecord.objects.filter(pk=named, user=user).first() if named is not None else None
    request.session.flush()
    window = user.vendor_window
    if window is not None and not window.is_open(timezone.now()):
        return replace(nobody, ended=EndReason.WINDOW.value)
    reason = known.end_reason if known is not None and known.end_reason else EndReason.REPLACED.value
    return replace(nobody, ended=reason, ended_session=known)


def _why_over(user: User, live: SessionRecord, terminal: Terminal) -> tuple[EndReason, datetime] | None:
    now = timezone.now()
    ran_out = time_out(live, now)
    if ran_out is not None:
        return ran_out
    if user.vendor_window is not None and not user.vendor_window.is_open(now):
        return EndReason.WINDOW, min(now, user.vendor_window.closed_at or user.vendor_window.ends_at)
    if user.vendor_window is not None:
        if close_if_ended_by_operator(user.vendor_window):
            return EndReason.WINDOW, now
        if not is_operator_now(user.vendor_window.operator):
            return EndReason.DISABLED, now
    if not user.is_verified():  # type: ignore[attr-defined]  # set by django_otp's middleware
        return EndReason.FACTOR, now
    if not user.is_current(timezone.localdate(now)):
        return EndReason.DISABLED, now
    if terminal.id != live.terminal:
        # A session cookie that turns up without its terminal's cookie was moved to another machine.
        return EndReason.TERMINAL, now
    return None


def _refuse_foreign(visit: Visit, what: str) -> None:
    with transaction.atomic(), acting_as(visit.actor):
        record(Event.ACCESS_PREFECTURE_REFUSED, detail={"what": what})
