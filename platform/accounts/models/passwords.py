"""How long a password may be used (パスワードの有効日数), where a prefecture wants an end to it."""

from __future__ import annotations

from django.db import models


class PasswordTerm(models.Model):
    """One decision about it; the newest counts, and without one, or without days, passwords do not expire."""

    days = models.PositiveSmallIntegerField("有効日数", null=True, blank=True, help_text="空欄は期限なしです。")
    set_by = models.CharField("決めた人", max_length=80)
    set_at = models.DateTimeField("決めた日時")

    class Meta:
        verbose_name = "パスワードの有効日数"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.days}日" if self.days else "期限なし"
