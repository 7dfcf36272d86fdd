"""Wrapped keys of one scope. The clear keys never leave memory (tenants.core.keys)."""

from __future__ import annotations

from django.db import models

SCOPE_KEY = "scope"


class WrappedKey(models.Model):
    """One key, wrapped by the scope's key; the scope's own key (purpose "scope") is wrapped by the master key."""

    purpose = models.CharField("用途", max_length=60)
    number = models.PositiveSmallIntegerField("番号", default=1)
    year = models.PositiveSmallIntegerField("年度", default=0)
    wrapped = models.BinaryField("包まれた鍵")
    created_at = models.DateTimeField("作成日時", auto_now_add=True)
    destroyed_at = models.DateTimeField("破棄日時", null=True, blank=True)
    fingerprint = models.CharField(
        "包まれた鍵のSHA-256", max_length=64, blank=True, help_text="破棄した鍵だけに残します。"
    )

    class Meta:
        verbose_name = "鍵"
        constraints = [models.UniqueConstraint(fields=["purpose", "number"], name="one_key_per_purpose_and_number")]

    def __str__(self) -> str:
        return f"{self.purpose}#{self.number}"
