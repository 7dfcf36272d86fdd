"""Enrolment (利用開始の手続): password, authenticator, backup codes. Its session can do nothing else."""

from __future__ import annotations

import os

from django.db import transaction
from django.utils import timezone

from accounts import codes
from accounts.actors import subject
from accounts.errors import StoppedMeanwhile
from accounts.hooks import FactorChanged, on_factor_change
from accounts.models import BackupCode, BackupCodeDevice, HardwareToken, TotpDevice, User
from accounts.models.devices import SEED_BYTES
from accounts.services import notices
from accounts.services.activation import came_by_approved_code
from accounts.services.locking import lock_person
from accounts.services.otp import OtpOutcome, verify_new_totp
from accounts.services.passwords import change_password
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

BACKUP_CODES = 10


def set_first_password(user: User, password: str) -> None:
    """Step 1. Raises PasswordUnfit."""
    change_password(user, password)


def enrol_totp(
    user: User, name: str = "認証アプリ", seed: bytes | None = None, *, to_be_shown: bool = False
) -> TotpDevice:
    """Step 2: the unconfirmed authenticator, found again when its first code is tried.

    Whoever was handed a hardware token proves that one; otherwise `seed`, or 160 random bits. A seed is shown once:
    `to_be_shown` makes a new one each time, and the earlier one never becomes anybody's.
    """
    with transaction.atomic():
        token = HardwareToken.objects.filter(user=user).first()
        waiting = TotpDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        if waiting is not None and waiting.token_id == (token.pk if token else None) and (token or not to_be_shown):
            return waiting
        if waiting is not None:
            waiting.delete()
        if token is not None:
            name, seed = f"トークン {token.serial}", token.seed()
        device = TotpDevice(user=user, name=name, confirmed=False, token=token)
        device.seal_seed(seed or os.urandom(SEED_BYTES))
        device.save()
        return device


def confirm_totp(user: User, device: TotpDevice, token: str) -> OtpOutcome:
    """Step 2, proof: a code of the new device. Once accepted the seed is never shown again."""
    with transaction.atomic():
        outcome = verify_new_totp(user, device, token)
        if outcome.is_accepted:
            TotpDevice.objects.filter(pk=device.pk).update(confirmed=True)
            user.factor_changed_at = timezone.now()
            user.save(update_fields=["factor_changed_at"])
            record(Event.SESSION_OTP_ENROLLED, subjects=[subject(user)])
            approved = came_by_approved_code(user)
            on_factor_change.announce(FactorChanged(user.pk, timezone.now(), "totp_enrolled", approved))
        return outcome


def issue_backup_codes(user: User, how_many: int = BACKUP_CODES) -> list[str]:
    """Step 3: ten codes, returned this once; older ones stop working. Ends the wait for enrolment.

    A new set outside of an enrolment is a change of the factor by itself; within one, the new authenticator was told already.
    Raises StoppedMeanwhile when the factors were stopped since `user` was read: the codes would open the door again.
    """
    new = [codes.new_code() for _ in range(how_many)]
    salt, is_enrolled = codes.new_salt(), user.enrolled_at is not None and not user.must_enrol
    with transaction.atomic():
        if lock_person(user.pk).must_enrol and not user.must_enrol:
            raise StoppedMeanwhile
        BackupCodeDevice.objects.filter(user=user).delete()
        device = BackupCodeDevice.objects.create(user=user, name="予備コード", confirmed=True, salt=salt)
        BackupCode.objects.bulk_create(BackupCode(device=device, digest=codes.digest(code, salt)) for code in new)
        if is_enrolled:
            on_factor_change.announce(FactorChanged(user.pk, timezone.now(), "backup_issued"))
        elif user.enrolled_at is not None:
            notices.tell(user, "backup_issued")
        else:
            notices.tell(user, "backup_first")
        user.must_enrol = False
        user.enrolled_at = timezone.now()
        user.save(update_fields=["must_enrol", "enrolled_at"])
        record(Event.SESSION_BACKUP_CODES_ISSUED, subjects=[subject(user)], detail={"count": len(new)})
    return new
