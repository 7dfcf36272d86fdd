"""Activation codes (利用開始コード): handed over by the manager, they open an enrolment and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django_otp_webauthn.models import WebAuthnCredential

from accounts import codes
from accounts.actors import subject
from accounts.errors import AccountNotCurrent, NeedsSecondPerson
from accounts.hooks import FactorChanged, on_factor_change
from accounts.models import (
    AccountRequest,
    ActivationCode,
    BackupCodeDevice,
    EndReason,
    HardwareToken,
    TotpDevice,
    User,
)
from accounts.second_person import is_alone
from accounts.services import attempts
from accounts.services.locking import lock_person
from accounts.services.people import refuse_self
from accounts.services.sessions import end_live_session
from audit.trail.actors import ActorKind, current_actor
from audit.trail.entries import Subject
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from web.dates import to_wareki


@dataclass(frozen=True, slots=True)
class ActivationOutcome:
    """`user` and the code's row when the code was right. `blocked_until`: nothing is heard before."""

    user: User | None = None
    code_id: int | None = None
    blocked_until: datetime | None = None


def issue_activation_code(user: User) -> str:
    """A new code, returned this once: the row keeps its hash. Raises SamePerson for one's own account, AccountNotCurrent,
    NeedsSecondPerson (somebody enrolled before, and no request approved within 24 hours).

    The person's devices and session stop working at once: whoever needs a code has none, or has lost it.
    """
    refuse_self(user)
    why_not = why_no_code(user)
    if why_not:
        raise AccountNotCurrent(why_not)
    code, salt, now = codes.new_code(), codes.new_salt(), timezone.now()
    with transaction.atomic():
        locked = lock_person(user.pk)
        by_two = locked.enrolled_at is not None and is_alone()
        if by_two:
            _use_approval(locked, now)
        # Used ones too: an enrolment that was begun with one and not finished ends here.
        ActivationCode.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
        ActivationCode.objects.create(
            user=user, salt=salt, digest=codes.digest(code, salt), issued_at=now, issued_by=_issuer()
        )
        user.must_enrol = True
        user.factor_changed_at = now
        user.save(update_fields=["must_enrol", "factor_changed_at"])
        record(Event.ACCOUNT_ACTIVATION_ISSUED, subjects=[subject(user)])
        switch_off_factors(user, "activation_issued", is_approved=by_two)
    return code


def came_by_approved_code(user: User) -> bool:
    """Whether the person's newest code is one that a second person had approved (`_use_approval` notes when it was issued)."""
    newest = ActivationCode.objects.filter(user=user).order_by("-issued_at").first()
    used = AccountRequest.objects.filter(user=user, kind=AccountRequest.Kind.CODE)
    return newest is not None and used.filter(used_at=newest.issued_at).exists()


def _issuer() -> User | None:
    """The manager at work; None for a command."""
    actor = current_actor()
    return User.objects.filter(pk=actor.id).first() if actor.kind is ActorKind.PERSON and actor.id else None


def approved_code_request(user: User, now: datetime) -> AccountRequest | None:
    """The approved request with which a code may be issued now."""
    found = AccountRequest.objects.filter(user=user, kind=AccountRequest.Kind.CODE, used_at=None)
    return next((row for row in found.order_by("-decided_at") if row.is_good_for_a_code(now)), None)


def may_issue_code(user: User) -> bool:
    """Whether a second person has approved that this person gets a new code."""
    return approved_code_request(user, timezone.now()) is not None


def _use_approval(user: User, now: datetime) -> None:
    approved = approved_code_request(user, now)
    if approved is None:
        raise NeedsSecondPerson
    approved.used_at = now
    approved.save(update_fields=["used_at"])


def why_no_code(user: User) -> str:
    """Why a code would be of no use to this person, as pages say it; "" when one may be issued.

    One day ahead is fine: a code issued on the eve is still open on the first day.
    """
    today = timezone.localdate()
    if not user.is_active:
        return "利用を停止しています。先に「利用を再開する」を行ってください。"
    if user.ends_on and user.ends_on < today:
        return f"利用終了日（{to_wareki(user.ends_on)}）を過ぎています。先に利用終了日を直してください。"
    if user.starts_on and user.starts_on > today + timedelta(days=1):
        return (
            f"利用開始日（{to_wareki(user.starts_on)}）より前です。コードは24時間で使えなくなるため、"
            "前日か当日に発行してください。"
        )
    return ""


def declare_lost(user: User) -> None:
    """An authenticator was lost (紛失): one person, oneself or a manager, stops all factors, codes and the session at once.

    A code handed out before counts no more; a new authenticator needs an activation code, and so the second person.
    """
    with transaction.atomic():
        locked = lock_person(user.pk)
        now = timezone.now()
        ActivationCode.objects.filter(user=locked, revoked_at=None).update(revoked_at=now)
        user.must_enrol = True
        user.factor_changed_at = now
        user.save(update_fields=["must_enrol", "factor_changed_at"])
        _lose_token_of(user, now)
        switch_off_factors(user, "declared_lost")


def _lose_token_of(user: User, now: datetime) -> None:
    """A hardware token handed to the person counts as lost too, so that no enrolment takes it again."""
    token = HardwareToken.objects.select_for_update().filter(user=user).first()
    if token is not None:
        token.state, token.user, token.changed_at = HardwareToken.State.LOST, None, now
        token.save(update_fields=["state", "user", "changed_at"])
        record(Event.ACCOUNT_TOKEN_LOST, subjects=[Subject("token", str(token.pk)), subject(user)])


def switch_off_factors(user: User, why: str, *, is_approved: bool = False) -> None:
    """Delete the devices and backup codes of a person and end the session; nothing happens when there are none."""
    deleted = sum(
        model.objects.filter(user=user).delete()[0] for model in (TotpDevice, BackupCodeDevice, WebAuthnCredential)
    )
    if not deleted:
        return
    record(Event.ACCOUNT_FACTOR_CHANGED, subjects=[subject(user)], detail={"change": why})
    on_factor_change.announce(FactorChanged(user.pk, timezone.now(), why, is_approved))
    end_live_session(user, EndReason.FACTOR)


def redeem_activation_code(username: str, typed: str, terminal: str, network: str = "") -> ActivationOutcome:
    """Use up a code. The same answer whether the account, the code or the time was wrong. `network`: for the record."""
    name = attempts.canonical_username(username)
    with transaction.atomic():
        user = User.objects.filter(username=name).first()
        row = attempts.lock("activation", name, user, terminal)
        now = timezone.now()
        blocked_until = row.failures.blocked_until(now)
        if blocked_until:
            return ActivationOutcome(blocked_until=blocked_until)
        if user is not None:
            user = lock_person(user.pk)
        code = _open_code(user, now)
        if _is_right(code, typed) and code is not None and user is not None:
            code.used_at = now
            code.save(update_fields=["used_at"])
            return ActivationOutcome(user, code.pk)
        return ActivationOutcome(blocked_until=attempts.failed(row, user, terminal, "activation", now, network))


def person_enrolling(code_id: int) -> User | None:
    """Whose enrolment a redeemed code still carries; None once a newer one was issued or the enrolment is finished.

    Inside a transaction the person's row stays locked until its end, so that no code is issued in the meantime.
    """
    code = ActivationCode.objects.filter(pk=code_id, revoked_at=None).exclude(used_at=None).first()
    if code is None:
        return None
    user = User.objects.select_for_update(no_key=True).filter(pk=code.user_id, must_enrol=True).first()
    newest = ActivationCode.objects.filter(user=code.user_id).order_by("-issued_at", "-pk").first()
    if user is None or newest is None or newest.pk != code_id or newest.revoked_at is not None:
        return None
    return user if user.is_current(timezone.localdate()) else None


def _open_code(user: User | None, now: datetime) -> ActivationCode | None:
    if user is None or not user.is_current(timezone.localdate(now)):
        return None
    newest = ActivationCode.objects.select_for_update().filter(user=user).order_by("-issued_at", "-pk").first()
    return newest if newest is not None and newest.is_open(now) else None


def _is_right(code: ActivationCode | None, typed: str) -> bool:
    """Takes the time of one slow hash whether there is a code or not."""
    digest = codes.digest(typed, code.salt if code else codes.new_salt())
    return code is not None and bool(codes.canonical(typed)) and codes.matches(digest, code.digest)
