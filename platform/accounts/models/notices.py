"""お知らせ: what happened to an authenticator or to the places for numbers, for the people concerned, until seen."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class FactorNotice(models.Model):
    """One change, for one reader: of one person's factors, or (`about` empty) of 番号を扱う場所. `what` makes the words."""

    reader = models.ForeignKey("accounts.User", verbose_name="宛先", on_delete=models.CASCADE, related_name="notices")
    about = models.ForeignKey(
        "accounts.User", verbose_name="だれの", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    what = models.CharField("変わったこと", max_length=20)
    by = models.CharField("行った人", max_length=100, blank=True)
    at = models.DateTimeField("日時")
    seen_at = models.DateTimeField("確認した日時", null=True, blank=True)

    class Meta:
        verbose_name = "お知らせ"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["reader"], condition=Q(seen_at=None), name="unseen_factor_notices")]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d %H:%M}"
