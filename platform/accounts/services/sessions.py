"""Beginning is `login.complete_login`; here is every way in which a session ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.access import roles_in_force
from accounts.actors import subject
from accounts.hooks import NotMeReported, on_not_me
from accounts.models import EndReason, SessionRecord, User
from accounts.roles import Role
from accounts.services import drafts
from accounts.services.locking import lock_person
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

SEEN_EVERY = timedelta(seconds=60)
"""The last sign of life is written once a minute, so the idle limit is kept to within a minute (early, never late)."""

LEAVES_DRAFTS = frozenset({EndReason.IDLE, EndReason.ABSOLUTE, EndReason.REPLACED})
"""The person is away, or at another terminal, and comes back. After any other end somebody else may come, or another role."""

_EVENTS = {
    EndReason.LOGOUT: Event.SESSION_LOGOUT_DONE,
    EndReason.IDLE: Event.SESSION_TIMEOUT_DONE,
    EndReason.ABSOLUTE: Event.SESSION_TIMEOUT_DONE,
}


def end_session(session: SessionRecord, reason: EndReason, at: datetime | None = None) -> bool:
    """End a live session with its event and its length in seconds. False (and no event) when it had ended already.

    What was typed and not saved is forgotten with it, unless the end is one of LEAVES_DRAFTS.
    """
    ended_at = max(at or timezone.now(), session.started_at)
    with transaction.atomic():
        lock_person(session.user_id)
        live = SessionRecord.objects.filter(pk=session.pk, ended_at=None)
        if not live.update(ended_at=ended_at, end_reason=reason):
            return False
        User.objects.filter(live_session=session.pk).update(live_session=None)
        if reason not in LEAVES_DRAFTS:
            drafts.forget(session.user)
        seconds = int((ended_at - session.started_at).total_seconds())
        record(
            _EVENTS.get(reason, Event.SESSION_OTHER_ENDED),
            subjects=[subject(session.user)],
            detail={"reason": reason.value, "seconds": seconds, "session": str(session.pk)},
        )
    return True


def end_live_session(user: User, reason: EndReason) -> None:
    """Whatever session the person has now; one that had run out unnoticed ends as that."""
    now = timezone.now()
    for session in SessionRecord.objects.select_related("user").filter(user=user, ended_at=None):
        end_session(session, *(time_out(session, now) or (reason, now)))


def time_out(session: SessionRecord, now: datetime) -> tuple[EndReason, datetime] | None:
    """Why and when the session ran out, or None while it is good. `session.user` must be the person it belongs to."""
    reason, left = min(time_left(session, now).items(), key=lambda pair: pair[1])
    return (EndReason(reason), now + left) if left <= timedelta(0) else None


def time_left(session: SessionRecord, now: datetime) -> dict[str, timedelta]:
    """By reason (idle, absolute): how long until the session runs out. `session.user` must be the person it belongs to."""
    return {
        EndReason.IDLE.value: session.last_seen_at + idle_limit(session.user) - now,
        EndReason.ABSOLUTE.value: session.started_at + timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS) - now,
    }


def idle_limit(user: User) -> timedelta:
    """30 minutes; 15 for 個人番号取扱者 (the shorter one wins when a person has several roles)."""
    handles_numbers = any(assignment.role == Role.NUMBER_HANDLER for assignment in roles_in_force(user))
    seconds = settings.SESSION_IDLE_SECONDS_NUMBERS if handles_numbers else settings.SESSION_IDLE_SECONDS
    return timedelta(seconds=seconds)


def note_seen(session: SessionRecord, now: datetime) -> None:
    """A sign of life of the person, written at most once in SEEN_EVERY."""
    if now - session.last_seen_at >= SEEN_EVERY:
        SessionRecord.objects.filter(pk=session.pk, ended_at=None).update(last_seen_at=now)
        session.last_seen_at = now


def end_expired_sessions() -> int:
    """End the sessions of people who never came back, so that their time-out is an event too. Returns how many.

    For the scheduler, once a minute or so, in each scope.
    """
    now = timezone.now()
    candidates = SessionRecord.objects.select_related("user").filter(
        ended_at=None, last_seen_at__lte=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS_NUMBERS)
    )
    expired = [(session, ran_out) for session in candidates if (ran_out := time_out(session, now))]
    return sum(end_session(session, reason, at) for session, (reason, at) in expired)


def count_revealed(session_id: str, subject_id: str, at_most: int) -> bool:
    """Count a person whose number is about to be shown in this session. False when `at_most` others were since the step-up.

    The row is locked, so that presses at the same moment are counted one after the other. Somebody already counted is free.
    """
    with transaction.atomic():
        session = SessionRecord.objects.select_for_update().filter(pk=session_id, ended_at=None).first()
        if session is None:
            return False
        if subject_id in session.revealed:
            return True
        if len(session.revealed) >= at_most:
            return False
        session.revealed = [*session.revealed, subject_id]
        session.save(update_fields=["revealed"])
    return True


def begin_revealing_anew(session: SessionRecord) -> None:
    """After a step-up the count of shown people starts again."""
    SessionRecord.objects.filter(pk=session.pk).update(revealed=[])


def disown_session(user: User, session: SessionRecord) -> None:
    """これは私ではない: the person says that a session of their account was somebody else. It ends, should it be live: whoever says so in
    it (a terminal left alone) logs in again."""
    with transaction.atomic():
        mine = SessionRecord.objects.filter(pk=session.pk, user=user, disowned_at=None)
        now = timezone.now()
        if mine.update(disowned_at=now):
            record(Event.SESSION_OTHER_DISOWNED, subjects=[subject(user)], detail={"session": str(session.pk)})
            end_session(session, EndReason.DISOWNED)
            on_not_me.announce(NotMeReported(user.pk, session.pk, now))
