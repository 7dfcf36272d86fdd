"""What the watch is told about a prefecture's working hours, and what it could not judge."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q


class ServiceHours(models.Model):
    """利用時間: one row with the hours of a working day. Weekends, holidays, 12/29–1/3 and `DayOff` are days off.

    `closes_at` 0:00 means the end of the day (24:00).
    """

    ONLY = 1
    """The primary key of the one row."""

    opens_at = models.TimeField("開始", default=datetime.time(7, 0))
    closes_at = models.TimeField("終了", default=datetime.time(21, 0))
    updated_by = models.CharField("更新者", max_length=80, blank=True)
    updated_at = models.DateTimeField("更新日時", auto_now=True)

    class Meta:
        verbose_name = "利用時間"
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")) | Q(closes_at=datetime.time(0)), name="service_hours_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


class DayOff(models.Model):
    """団体の休業日: a day off of this prefecture alone (開庁記念日, 夏季一斉休業 …)."""

    day = models.DateField("日", unique=True)
    name = models.CharField("名称", max_length=40)
    created_by = models.CharField("登録者", max_length=80)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    class Meta:
        verbose_name = "団体の休業日"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class OvertimeNotice(models.Model):
    """時間外利用届: who, from when until when, why; given by another person.

    It explains log-ins that would otherwise raise an alert, from `starts_at` until just before `ends_at`.
    `username` and `approved_by` are 職員ID.
    """

    username = models.CharField("職員ID", max_length=60)
    starts_at = models.DateTimeField("開始")
    ends_at = models.DateTimeField("終了")
    reason = models.CharField("理由", max_length=200)
    approved_by = models.CharField("承認者", max_length=60)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)
    withdrawn_at = models.DateTimeField("取下げ日時", null=True, blank=True)
    withdrawn_by = models.CharField("取下げた人", max_length=80, blank=True)

    class Meta:
        verbose_name = "時間外利用届"
        ordering = ["-starts_at", "-id"]
        indexes = [models.Index(fields=["username", "ends_at"], name="overtime_by_person")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="overtime_in_order"),
            models.CheckConstraint(condition=~Q(approved_by=F("username")), name="overtime_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.starts_at:%Y-%m-%d}"


class Unevaluated(models.Model):
    """判定できなかった操作: an act that a rule could not judge, for want of data or because it failed.

    Being unjudged is a result of its own, never counted as "nothing found".
    """

    key = models.CharField("鍵", max_length=160, unique=True)
    rule = models.CharField("規則", max_length=60)
    username = models.CharField("操作者", max_length=60)
    occurred_at = models.DateTimeField("発生日時")
    reason = models.CharField("理由", max_length=200)
    has_failed = models.BooleanField("規則の誤り", default=False)

    class Meta:
        verbose_name = "判定できなかった操作"
        ordering = ["-occurred_at", "-id"]
        indexes = [models.Index(fields=["-occurred_at"], name="unevaluated_by_time")]

    def __str__(self) -> str:
        return f"{self.rule} {self.occurred_at:%Y-%m-%d %H:%M}"
