"""A window (立入り) that the prefecture opens to its vendor: who, for what, until when, which pages. None exists by default."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.db import models
from django.db.models import F, Q
from django_otp.models import Device, DeviceManager

LONGEST: Final = timedelta(hours=24)
"""A window lasts at most so long; another one is another decision."""


class VendorWindow(models.Model):
    """`operator` is a 職員ID of the console; `pages` are address names, opened for reading alone."""

    operator = models.CharField("運用者の職員ID", max_length=40)
    purpose = models.CharField("目的", max_length=200)
    pages = models.JSONField("画面", default=list)
    opened_by = models.CharField("開けた人", max_length=40)
    opens_at = models.DateTimeField("開始")
    ends_at = models.DateTimeField("終了予定")
    closed_at = models.DateTimeField("閉じた日時", null=True, blank=True)
    closed_by = models.CharField("閉じた人", max_length=100, blank=True)

    class Meta:
        verbose_name = "運用事業者の立入り"
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("opens_at")), name="vendor_window_ends_after_start"),
            models.CheckConstraint(condition=Q(ends_at__lte=F("opens_at") + LONGEST), name="vendor_window_is_short"),
            models.UniqueConstraint(
                fields=["operator"], condition=Q(closed_at=None), name="one_open_vendor_window_per_operator"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator} {self.opens_at:%Y-%m-%d %H:%M}"

    def is_open(self, now: datetime) -> bool:
        return self.closed_at is None and self.opens_at <= now < self.ends_at


class VendorPass(Device, models.Model):  # type: ignore[misc]
    """What makes a visit verified: the operator's own one-time password, checked at the console, for one window.

    It takes no code itself: nobody logs in or steps up with it, and no page that asks for a fresh one opens.
    """

    uid = models.UUIDField("識別子", default=uuid.uuid4, unique=True, editable=False)
    window = models.OneToOneField(VendorWindow, verbose_name="立入り", on_delete=models.CASCADE)

    objects: ClassVar[models.Manager[VendorPass]] = DeviceManager()

    class Meta:
        verbose_name = "立入りの通行証"

    def __str__(self) -> str:
        return f"{self.window_id}"

    def verify_token(self, token: str) -> bool:
        return False


class VendorVisit(models.Model):
    """The console's side of a visit: where an operator is, so that they can end it from the console too.

    Kept in the console's schema alone; no page of the console enters a prefecture. The prefecture asks at each request.
    """

    operator = models.CharField("運用者の職員ID", max_length=40)
    scope = models.CharField("団体", max_length=63)
    prefecture_name = models.CharField("団体名", max_length=100)
    window = models.BigIntegerField("立入りの番号")
    begun_at = models.DateTimeField("入った日時")
    ends_at = models.DateTimeField("終了予定")
    ended_at = models.DateTimeField("終えた日時", null=True, blank=True)

    class Meta:
        verbose_name = "運用事業者の立入り（運用側）"
        ordering = ["-begun_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["scope", "window"], name="one_vendor_visit_per_window")]

    def __str__(self) -> str:
        return f"{self.operator} {self.begun_at:%Y-%m-%d %H:%M}"

    def is_open(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.ends_at
