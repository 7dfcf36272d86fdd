"""What the watch is told about a prefecture's working hours."""

from __future__ import annotations

import datetime

from django.db import models


class ServiceHours(models.Model):
    """The prefecture's calendar: working hours on working days. One row; weekends, holidays and 12/29–1/3 are days off."""

    opens_at = models.TimeField("開始", default=datetime.time(7, 0))
    closes_at = models.TimeField("終了", default=datetime.time(21, 0))
    updated_by = models.CharField("更新者", max_length=60, blank=True)
    updated_at = models.DateTimeField("更新日時", auto_now=True)

    class Meta:
        verbose_name = "利用時間"

    def __str__(self) -> str:
        return f"{self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


class OvertimeNotice(models.Model):
    """時間外利用の届: who, from when until when, why. It explains log-ins that would otherwise raise an alert."""

    username = models.CharField("職員ID", max_length=60)
    starts_at = models.DateTimeField("開始")
    ends_at = models.DateTimeField("終了")
    reason = models.CharField("理由", max_length=200)
    approved_by = models.CharField("承認者", max_length=60)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    class Meta:
        verbose_name = "時間外利用届"
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="overtime_in_order"),
            models.CheckConstraint(condition=~models.Q(approved_by=models.F("username")), name="overtime_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.starts_at:%Y-%m-%d}"
