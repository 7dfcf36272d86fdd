"""Making, changing and stopping accounts."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actors import subject
from accounts.errors import DatesInverted, SamePerson, UsernameTaken
from accounts.models import BackupCodeDevice, EndReason, TotpDevice, User
from accounts.roles import Role, needs_two_people
from accounts.second_person import is_alone, require_second_person
from accounts.services import attempts, deputies, notices
from accounts.services.attempts import canonical_username
from accounts.services.locking import lock_person
from accounts.services.sessions import end_live_session
from accounts.services.standing import keeping_approvers
from audit.trail.actors import ActorKind, current_actor
from audit.trail.recorder import record
from audit.trail.vocabulary import Event


def create_user(
    username: str,
    display_name: str,
    *,
    kana: str = "",
    section: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> User:
    """A new account, without password and device: the person enrols with an activation code.

    Raises UsernameTaken, DatesInverted, NeedsSecondPerson, or Django's ValidationError for a 職員ID of the wrong shape.
    """
    require_second_person()
    user = new_user(username, display_name, kana=kana, section=section, starts_on=starts_on, ends_on=ends_on)
    with transaction.atomic():
        user.save(force_insert=True)
        record(Event.ACCOUNT_USER_CREATED, subjects=[subject(user)], detail=_dates(user))
    return user


def new_user(
    username: str,
    display_name: str,
    *,
    kana: str = "",
    section: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> User:
    """The account as it would be made, checked and not saved. Raises UsernameTaken, DatesInverted, ValidationError."""
    user = User(
        username=canonical_username(username),
        display_name=display_name.strip(),
        kana=kana.strip(),
        section=section.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    require_in_order(starts_on, ends_on)
    if User.objects.filter(username=user.username).exists():
        raise UsernameTaken
    user.set_unusable_password()
    user.full_clean()
    return user


def change_user(
    user: User, *, display_name: str, kana: str, section: str, starts_on: date | None, ends_on: date | None
) -> None:
    """Change master data; the trail names the fields that changed, not their values. Raises SamePerson for one's own, LastApprover.

    Letting in somebody whose last day was over is a return: see `enable_user`.
    """
    refuse_self(user)
    require_in_order(starts_on, ends_on)
    wanted = {
        "display_name": display_name.strip(),
        "kana": kana.strip(),
        "section": section.strip(),
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    changed = sorted(name for name, value in wanted.items() if getattr(user, name) != value)
    if not changed:
        return
    today = timezone.localdate()
    returns = user.ends_on is not None and user.ends_on < today and (ends_on is None or ends_on >= today)
    for name in changed:
        setattr(user, name, wanted[name])
    user.full_clean()
    gone_on = max(today, ends_on + timedelta(days=1)) if ends_on else today
    with transaction.atomic(), keeping_approvers(user, today, gone_on):
        user.save(update_fields=changed)
        detail = {"fields": changed, **_dates(user)}
        record(Event.ACCOUNT_USER_CHANGED, subjects=[subject(user)], detail=detail)
        if returns:
            _end_strong_roles(user)


def disable_user(user: User) -> None:
    """Stop an account at once, its session included. Raises SamePerson for one's own, LastApprover."""
    refuse_self(user)
    with transaction.atomic(), keeping_approvers(user, timezone.localdate()):
        _switch(user, active=False)
        record(Event.ACCOUNT_USER_DISABLED, subjects=[subject(user)])
        deputies.end_all_of(user)
        end_live_session(user, EndReason.DISABLED)


def enable_user(user: User) -> None:
    """Let a stopped account in again. Raises SamePerson for one's own.

    By one person alone it comes back without its strong roles: with them it would be one person who gives them.
    """
    refuse_self(user)
    with transaction.atomic():
        _switch(user, active=True)
        record(Event.ACCOUNT_USER_CHANGED, subjects=[subject(user)], detail={"fields": ["is_active"], "active": True})
        _end_strong_roles(user)


def clear_throttles(user: User) -> None:
    """Lift the waits after wrong passwords and one-time passwords, on every terminal. Raises SamePerson for one's own.

    What was guessed of one-time passwords stays counted: given back, one manager could give a guesser day after day's budget
    at once. The person is told.
    """
    refuse_self(user)
    with transaction.atomic():
        attempts.forget_all(user)
        lock_person(user.pk)
        for model in (TotpDevice, BackupCodeDevice):
            model.objects.filter(user=user).update(throttling_failure_count=0, throttling_failure_timestamp=None)
        record(Event.ACCOUNT_LOCK_CLEARED, subjects=[subject(user)])
        notices.tell(user, "lock_cleared")


def refuse_self(user: User) -> None:
    """Nobody manages their own account: raises SamePerson when the acting person is `user`."""
    actor = current_actor()
    if actor.kind is ActorKind.PERSON and actor.id == str(user.pk):
        raise SamePerson


def require_in_order(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise DatesInverted


def _end_strong_roles(user: User) -> None:
    """Of somebody who comes back, where one person acts alone; each is asked for anew, and a second person approves."""
    if is_alone():
        end_strong_roles(user)


def end_strong_roles(user: User) -> None:
    from accounts.services.roles import end_given

    today = timezone.localdate()
    for role in user.role_assignments.select_related("user").filter(ended_at=None):
        strong = needs_two_people(Role(role.role), role.school_code)
        if strong and (role.ends_on is None or role.ends_on >= today):
            end_given(role, today - timedelta(days=1))


def _switch(user: User, *, active: bool) -> None:
    user.is_active = active
    user.save(update_fields=["is_active"])


def _dates(user: User) -> dict[str, str | None]:
    return {
        "starts_on": user.starts_on.isoformat() if user.starts_on else None,
        "ends_on": user.ends_on.isoformat() if user.ends_on else None,
    }
