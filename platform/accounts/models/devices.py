"""Second factors, as django-otp devices: TOTP with a sealed seed, and hashed one-time backup codes.

Verify through `accounts.services.otp`, which calls `django_otp.verify_token` under the person's guess budget; never call
`verify_token` of a device outside of it.
"""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Iterator
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_otp.models import Device, DeviceManager, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP

from accounts import codes
from accounts.throttle import accepted_codes
from tenants.core import keys

STEP_SECONDS: Final = 30
DIGITS: Final = 6
SEED_BYTES: Final = 20
"""RFC 6238 with SHA-1, six digits and 30 seconds: what phones and OATH hardware tokens (ハードウェアトークン) both speak."""

MOST_DRIFT: Final = 2
"""A token's clock may be followed by so many steps, no further."""

MOST_STEPS_BETWEEN: Final = 10
"""Two codes by which a token's clock is followed lie so many steps apart at most: five minutes."""

MOST_COUNTED_FAILURES: Final = 10
"""django-otp doubles the wait with each failure; capped here at 2⁹ s (8½ minutes), for a wait must end within the day."""

_SIX_DIGITS = re.compile(r"[0-9]{6}")


class CappedThrottle(ThrottlingMixin):  # type: ignore[misc]
    """django-otp's doubling delay after a wrong token, with a longest one."""

    throttling_failure_count: int

    class Meta:
        abstract = True

    def get_throttle_factor(self) -> int:
        return 1

    def throttle_increment(self, commit: bool = True) -> None:
        super().throttle_increment(commit=False)
        self.throttling_failure_count = min(self.throttling_failure_count, MOST_COUNTED_FAILURES)
        if commit:
            self.save(update_fields=["throttling_failure_count", "throttling_failure_timestamp"])


class TotpDevice(TimestampMixin, CappedThrottle, Device, models.Model):  # type: ignore[misc]
    """A phone's authenticator or an OATH token. The seed is sealed with the scope's key and bound to this row and person."""

    uid = models.UUIDField("識別子", default=uuid.uuid4, unique=True, editable=False)
    sealed_seed = models.BinaryField("封をした種")
    token = models.OneToOneField(
        "accounts.HardwareToken",
        verbose_name="ハードウェアトークン",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="device",
    )
    drift = models.SmallIntegerField("時計のずれ（刻み）", default=0)
    last_t = models.BigIntegerField("最後に使った刻み", default=-1)
    near_drift = models.SmallIntegerField("ずれて示された番号のずれ", null=True, blank=True)
    near_t = models.BigIntegerField("ずれて示された番号の刻み", null=True, blank=True)

    objects: ClassVar[models.Manager[TotpDevice]] = DeviceManager()

    class Meta:
        verbose_name = "認証器"

    def __str__(self) -> str:
        return f"{self.name}（{self.pk}）"

    def seal_seed(self, seed: bytes) -> None:
        self.sealed_seed = keys.seal("otp", seed, self._bound())

    def seed(self) -> bytes:
        return keys.unseal("otp", bytes(self.sealed_seed), self._bound())

    def _bound(self) -> str:
        return f"accounts.totpdevice|seed|{self.uid}|{self.user_id}"

    @property
    def accepted_codes(self) -> int:
        """One more while a code of another clock waits for its next one (`_follows`)."""
        return accepted_codes(settings.OTP_TOLERANCE_STEPS) + (self.near_t is not None)

    def verify_token(self, token: str) -> bool:
        """True once per time step. Caller holds the row lock (`django_otp.verify_token` takes it)."""
        allowed, _ = self.verify_is_allowed()
        if not allowed:
            return False
        totp = self._totp()
        if not _matches(totp, token, settings.OTP_TOLERANCE_STEPS, self.last_t + 1):
            followed = self._follows(token)
            if followed is None:
                self.throttle_increment(commit=False)
                self.save()
                return False
            totp = followed
        self.near_drift = self.near_t = None
        self.last_t = totp.t()
        self.drift = max(-MOST_DRIFT, min(MOST_DRIFT, totp.drift))
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp(commit=False)
        self.save()
        return True

    def _follows(self, token: str) -> TOTP | None:
        """Two codes one after the other with the same drift, within MOST_DRIFT: the token's clock, to be followed (RFC 4226, 7.4).

        The first of them is refused like any wrong one, so a code is good for its own 30 seconds and no more.
        """
        near = next((one for one in self._drifted() if _matches(one, token, 0, self.last_t + 1)), None)
        waited, before = self.near_drift, self.near_t
        self.near_drift, self.near_t = (near.drift, near.t()) if near is not None else (None, None)
        if near is None or before is None or near.drift != waited:
            return None
        return near if 0 < near.t() - before <= MOST_STEPS_BETWEEN else None

    def _drifted(self) -> Iterator[TOTP]:
        for drift in range(-MOST_DRIFT, MOST_DRIFT + 1):
            totp = self._totp()
            totp.drift = drift
            yield totp

    def refusal_of(self, token: str) -> str:
        """Why a refused token was refused, for the trail alone: "replayed", "clock" (within ±10 steps) or "wrong".

        Never shown to whoever typed it: "right, but early" would be a free guess.
        """
        if _matches(self._totp(), token, settings.OTP_TOLERANCE_STEPS, None):
            return "replayed"
        return "clock" if _matches(self._totp(), token, 10, None) else "wrong"

    def unused_code(self) -> tuple[str, int]:
        """For demonstrations: the first code not used yet, and in how many seconds it will be accepted (0: now)."""
        totp = self._totp()
        totp.drift += max(0, self.last_t + 1 - totp.t())
        accepted_from = (totp.t() - self.drift - settings.OTP_TOLERANCE_STEPS) * STEP_SECONDS
        return f"{totp.token():06d}", max(0, math.ceil(accepted_from - totp.time))

    def _totp(self) -> TOTP:
        totp = TOTP(self.seed(), STEP_SECONDS, 0, DIGITS, self.drift)
        totp.time = timezone.now().timestamp()
        return totp


def _matches(totp: TOTP, token: str, tolerance: int, least: int | None) -> bool:
    return _SIX_DIGITS.fullmatch(token) is not None and bool(totp.verify(int(token), tolerance, least))


class BackupCodeDevice(TimestampMixin, CappedThrottle, Device, models.Model):  # type: ignore[misc]
    """The set of ten backup codes of a person; one salt, so that one slow hash is compared with all that are left."""

    salt = models.CharField("ソルト", max_length=64)

    objects: ClassVar[models.Manager[BackupCodeDevice]] = DeviceManager()

    class Meta:
        verbose_name = "予備コードの組"

    def __str__(self) -> str:
        return f"{self.name}（{self.pk}）"

    def verify_token(self, token: str) -> bool:
        """True once per code. Caller holds the row lock (`django_otp.verify_token` takes it)."""
        allowed, _ = self.verify_is_allowed()
        if not allowed:
            return False
        typed = codes.digest(token, self.salt) if codes.canonical(token) else ""
        found = next((code for code in self.codes.filter(used_at=None) if codes.matches(typed, code.digest)), None)
        if found is None:
            self.throttle_increment()
            return False
        found.used_at = timezone.now()
        found.save(update_fields=["used_at"])
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp(commit=False)
        self.save()
        return True


class BackupCode(models.Model):
    """One backup code: hashed (Argon2id), used once."""

    device = models.ForeignKey(BackupCodeDevice, verbose_name="組", on_delete=models.CASCADE, related_name="codes")
    digest = models.CharField("ハッシュ", max_length=255)
    used_at = models.DateTimeField("使用日時", null=True, blank=True)

    class Meta:
        verbose_name = "予備コード"

    def __str__(self) -> str:
        return f"{self.device_id}#{self.pk}"
