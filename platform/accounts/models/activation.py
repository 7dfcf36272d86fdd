"""Activation codes (利用開始コード): how a new person, or one who lost a device, gets to enrol."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import models

ACTIVATION_VALID: Final = timedelta(hours=24)


class ActivationCode(models.Model):
    """Hashed, valid for 24 hours, used once. A new one ends the older ones."""

    user = models.ForeignKey(
        "accounts.User", verbose_name="利用者", on_delete=models.CASCADE, related_name="activation_codes"
    )
    salt = models.CharField("ソルト", max_length=64)
    digest = models.CharField("ハッシュ", max_length=255)
    issued_by = models.ForeignKey(
        "accounts.User", verbose_name="発行した人", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    issued_at = models.DateTimeField("発行日時")
    used_at = models.DateTimeField("使用日時", null=True, blank=True)
    revoked_at = models.DateTimeField("取消日時", null=True, blank=True)

    class Meta:
        verbose_name = "利用開始コード"
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.issued_at:%Y-%m-%d %H:%M}"

    def is_open(self, now: datetime) -> bool:
        return self.used_at is None and self.revoked_at is None and now - self.issued_at < ACTIVATION_VALID
