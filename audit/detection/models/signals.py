"""Settings of signals, their dated exceptions, and every signal that was seen."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from audit.detection.bearing import FOR_NOBODY, FOR_ONE_ALONE, LONGEST_DAYS
from audit.detection.models.loosening import Loosening


class SignalSetting(models.Model):
    """しきい値: what a prefecture changed of a rule's standard. No row: the standard holds."""

    rule = models.CharField("規則", max_length=60, unique=True)
    threshold = models.FloatField("しきい値")
    updated_by = models.CharField("更新者", max_length=80)
    updated_at = models.DateTimeField("更新日時", auto_now=True)

    class Meta:
        verbose_name = "見守りのしきい値"

    def __str__(self) -> str:
        return f"{self.rule} {self.threshold:g}"


class SignalException(models.Model):
    """例外: from one moment until just before another, a rule raises no alert about a person (empty 職員ID: about anybody
    but `author`, who asked for it, and `approved_by`). With `words` (定型の理由) it allows these words as a reason, and nothing else.

    What it kept back stays among the signals seen; a reason that is allowed is none. `loosening`: what two people agreed on.
    """

    loosening = models.OneToOneField(Loosening, models.PROTECT, related_name="exception", verbose_name="承認された申請")

    rule = models.CharField("規則", max_length=60)
    username = models.CharField("職員ID", max_length=60, blank=True)
    starts_at = models.DateTimeField("開始")
    ends_at = models.DateTimeField("終了")
    words = models.CharField("定型の理由", max_length=100, blank=True)
    reason = models.CharField("理由", max_length=200)
    created_by = models.CharField("登録者", max_length=80)
    author = models.CharField("登録者の職員ID", max_length=60)
    approved_by = models.CharField("承認者の職員ID", max_length=60)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    class Meta:
        verbose_name = "見守りの例外"
        ordering = ["-starts_at", "-id"]
        indexes = [models.Index(fields=["rule", "ends_at"], name="exception_by_rule")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="exception_in_order"),
            models.CheckConstraint(condition=~Q(author=F("approved_by")), name="exception_by_two"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + timedelta(days=LONGEST_DAYS)), name="exception_not_for_good"
            ),
            models.CheckConstraint(
                condition=~Q(rule__in=FOR_NOBODY) & ~Q(rule__in=FOR_ONE_ALONE, username=""),
                name="exception_that_is_borne",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.username} {self.ends_at:%Y-%m-%d}"


class SignalSeen(models.Model):
    """見守りが見たもの: each time a rule fired, whether or not it became an alert."""

    class Outcome(models.TextChoices):
        ALERT = "alert", "警報"
        REPORT = "report", "報告のみ"
        EXCEPTED = "excepted", "例外"

    key = models.CharField("鍵", max_length=160, unique=True)
    rule = models.CharField("規則", max_length=60)
    username = models.CharField("操作者", max_length=60)
    session = models.CharField("利用", max_length=36, blank=True)
    occurred_at = models.DateTimeField("発生日時")
    sentence = models.CharField("内容", max_length=400)
    outcome = models.CharField("扱い", max_length=10, choices=Outcome.choices)

    class Meta:
        verbose_name = "見守りの信号"
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["-occurred_at"], name="signal_by_time"),
            models.Index(fields=["username", "-occurred_at"], name="signal_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.username} {self.occurred_at:%Y-%m-%d %H:%M}"


class SweepMark(models.Model):
    """How far the trail was looked through (one row)."""

    ONLY = 1

    until = models.DateTimeField("ここまで確認")

    class Meta:
        verbose_name = "見守りの確認済み位置"

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%d %H:%M:%S}"
