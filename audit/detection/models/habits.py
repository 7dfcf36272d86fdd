"""What was learnt of each person's log-ins, ready for the next one."""

from __future__ import annotations

from django.db import models


class Habits(models.Model):
    """習慣: one row a person, and one with an empty 職員ID for the whole organisation. Made anew each night.

    `hours`, `calibration`: arrays as `audit.detection.logins.packing` writes them. `profile`: how often each machine was seen.
    """

    ORGANISATION = ""

    username = models.CharField("職員ID", max_length=60, unique=True, blank=True)
    sessions = models.PositiveIntegerField("利用回数")
    is_relearning = models.BooleanField("学習し直し中", default=False)
    last_login_at = models.DateTimeField("最後の利用", null=True)
    hours = models.BinaryField("時間帯")
    profile = models.JSONField("端末など")
    calibration = models.BinaryField("比較の基準", default=bytes)
    learnt_at = models.DateTimeField("学習日時")

    class Meta:
        verbose_name = "利用の習慣"

    def __str__(self) -> str:
        return f"{self.username or '団体'} {self.sessions}"
