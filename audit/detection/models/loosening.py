"""What would make the watch see or say less, waiting for a second person."""

from __future__ import annotations

from typing import Any, Final

from django.db import models
from django.db.models import F, Q

_OF_NOBODY: Final[dict[str, Any]] = {"username": "", "value": None, "ends_at": None}
_NO_HOURS: Final[dict[str, Any]] = {"opens_at": None, "closes_at": None}


class Loosening(models.Model):
    """見守りを緩める申請: a dated exception, a threshold that lets more pass, longer hours, a day off less, a decoy
    household less. In force once another person approved it.

    `username`: whom the exception is about (empty: anybody but the two who gave it). `value`: the threshold asked for, None
    for the standard. `opens_at` and `closes_at`: the hours asked for; `day`: the day off to take away; `canary`: the decoy;
    `words`: the reason that an exception allows instead of keeping all back.
    `before`: what was in force until the approval, in words. `proposed_by` and `decided_by` are 職員ID.
    """

    class Kind(models.TextChoices):
        THRESHOLD = "threshold", "しきい値"
        EXCEPTION = "exception", "例外"
        HOURS = "hours", "利用時間を広げる変更"
        DAY_OFF = "day_off", "休業日の取消し"
        CANARY = "canary", "おとりの世帯の除去"

    class State(models.TextChoices):
        PROPOSED = "proposed", "承認待ち"
        APPROVED = "approved", "承認済"
        WITHDRAWN = "withdrawn", "取りやめ"

    kind = models.CharField("種類", max_length=10, choices=Kind.choices)
    rule = models.CharField("規則", max_length=60)
    username = models.CharField("職員ID", max_length=60, blank=True)
    value = models.FloatField("しきい値", null=True)
    ends_at = models.DateTimeField("例外の期限", null=True)
    opens_at = models.TimeField("利用時間の開始", null=True)
    closes_at = models.TimeField("利用時間の終了", null=True)
    day = models.DateField("取り消す休業日", null=True)
    canary = models.BigIntegerField("取り除くおとりの世帯", null=True)
    words = models.CharField("定型の理由", max_length=100, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    before = models.CharField("変更前", max_length=60, blank=True)
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.CharField("申請した人", max_length=60)
    proposed_at = models.DateTimeField("申請日時", auto_now_add=True)
    decided_by = models.CharField("承認・取りやめをした人", max_length=60, blank=True)
    decided_at = models.DateTimeField("承認・取りやめの日時", null=True)

    class Meta:
        verbose_name = "見守りを緩める申請"
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "rule", "username"],
                condition=Q(state="proposed") & ~Q(kind__in=["day_off", "canary"]),
                name="one_waiting_loosening",
            ),
            models.UniqueConstraint(
                fields=["day"], condition=Q(state="proposed", kind="day_off"), name="one_waiting_removal_a_day"
            ),
            models.UniqueConstraint(
                fields=["canary"], condition=Q(state="proposed", kind="canary"), name="one_waiting_removal_a_canary"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("proposed_by")) & ~Q(decided_by=""),
                name="loosening_by_two",
            ),
            models.CheckConstraint(
                condition=Q(kind="threshold", ends_at=None, username="", day=None, canary=None, **_NO_HOURS)
                | Q(kind="exception", ends_at__isnull=False, value=None, day=None, canary=None, **_NO_HOURS)
                | Q(kind="hours", opens_at__isnull=False, closes_at__isnull=False, day=None, canary=None, **_OF_NOBODY)
                | Q(kind="day_off", day__isnull=False, canary=None, **_NO_HOURS, **_OF_NOBODY)
                | Q(kind="canary", day=None, canary__isnull=False, **_NO_HOURS, **_OF_NOBODY),
                name="loosening_of_its_kind",
            ),
            models.CheckConstraint(condition=Q(kind="exception") | Q(words=""), name="only_an_exception_allows_words"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.kind} {self.state}"
