"""Trying a one-time password (ワンタイムパスワード). Every page that takes one comes through here, so the day's budget holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import django_otp
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_otp_webauthn.models import WebAuthnCredential

from accounts.actors import subject
from accounts.hooks import FactorChanged, on_factor_change
from accounts.models import BackupCodeDevice, GuessLedger, TotpDevice, User
from accounts.services.locking import lock_person
from accounts.throttle import Guess, may_guess, may_guess_again_at
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

Where = Literal["login", "step_up", "enrolment"]


@dataclass(frozen=True, slots=True)
class OtpOutcome:
    """`device` is set when accepted. `blocked_until`: not even compared, because of earlier failures."""

    device: TotpDevice | BackupCodeDevice | WebAuthnCredential | None = None
    blocked_until: datetime | None = None

    @property
    def is_accepted(self) -> bool:
        return self.device is not None


def verify_totp(user: User, token: str, where: Where) -> OtpOutcome:
    """Try six digits on the person's confirmed devices, within the guess budget of the day."""
    with transaction.atomic():
        lock_person(user.pk)
        return _try(user, list(TotpDevice.objects.filter(user=user, confirmed=True).order_by("pk")), token, where)


def verify_new_totp(user: User, device: TotpDevice, token: str) -> OtpOutcome:
    """The first code of a device that is being enrolled, under the same budget."""
    with transaction.atomic():
        lock_person(user.pk)
        return _try(user, [device], token, "enrolment")


def _try(user: User, devices: Sequence[TotpDevice], token: str, where: Where) -> OtpOutcome:
    """The person is locked."""
    ledger = _locked_ledger(user)
    now = timezone.now()
    open_now = [device for device in devices if device.verify_is_allowed()[0]]
    if devices and not open_now:
        return OtpOutcome(blocked_until=min(device.verify_is_allowed()[1]["locked_until"] for device in devices))
    codes = sum(device.accepted_codes for device in open_now)
    if not may_guess(ledger.guesses, codes, now):
        return OtpOutcome(blocked_until=may_guess_again_at(ledger.guesses, codes, now))
    for device in open_now:
        verified = django_otp.verify_token(user, device.persistent_id, token)
        if verified is not None:
            return OtpOutcome(verified)
    ledger.add(Guess(now, codes))
    note_failure(user, where, "totp", _why(open_now, token))
    if not may_guess(ledger.guesses, codes, now):
        record(Event.SESSION_ATTEMPTS_THROTTLED, subjects=[subject(user)], detail={"what": "otp", "where": where})
    return OtpOutcome()


def verify_backup_code(user: User, code: str, where: Where) -> OtpOutcome:
    """Try a backup code. 80 bits cannot be guessed, so it has django-otp's delay but no part in the day's budget."""
    with transaction.atomic():
        lock_person(user.pk)
        device = BackupCodeDevice.objects.filter(user=user, confirmed=True).select_for_update().first()
        if device is None:
            return OtpOutcome()
        allowed, why = device.verify_is_allowed()
        if not allowed:
            return OtpOutcome(blocked_until=why["locked_until"])
        if django_otp.verify_token(user, device.persistent_id, code) is None:
            note_failure(user, where, "backup", "wrong")
            return OtpOutcome()
        left = device.codes.filter(used_at=None).count()
        record(Event.SESSION_BACKUP_CODE_USED, subjects=[subject(user)], detail={"where": where, "left": left})
        on_factor_change.announce(FactorChanged(user.pk, timezone.now(), "backup_used"))
        return OtpOutcome(device)


def _locked_ledger(user: User) -> GuessLedger:
    return GuessLedger.objects.select_for_update().get_or_create(user=user)[0]


def _why(devices: Sequence[TotpDevice], token: str) -> str:
    reasons = {device.refusal_of(token) for device in devices}
    return next((reason for reason in ("replayed", "clock") if reason in reasons), "wrong")


def note_failure(user: User, where: Where, method: str, reason: str) -> None:
    """Whatever the second factor is: the event, and one more in what the person is shown (前回のログインの後)."""
    User.objects.filter(pk=user.pk).update(failures_since_login=F("failures_since_login") + 1)
    record(
        Event.SESSION_OTP_FAILED,
        subjects=[subject(user)],
        detail={"where": where, "method": method, "reason": reason},
    )
