"""Which days a night has looked at."""

from __future__ import annotations

from django.db import models


class NightlyLook(models.Model):
    """One day that was compared and judged once more by night, wholly. `is_given_up`: it never was, and people were told.
    `recorded_until`: when the last of its events that were there was recorded, by the trail's own clock; what comes after that was
    not seen."""

    day = models.DateField("日", unique=True)
    done_at = models.DateTimeField("済んだ日時", auto_now_add=True)
    recorded_until = models.DateTimeField("ここまでの記録", null=True)
    is_given_up = models.BooleanField("照合しなかった", default=False)

    class Meta:
        verbose_name = "夜間の照合（日別）"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}{'（照合しなかった）' if self.is_given_up else ''}"
