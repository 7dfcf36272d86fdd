"""How much a person handed in: a count for each day, so that nobody fills the storage alone."""

from __future__ import annotations

from django.db import models


class UploadTally(models.Model):
    """Files that one person sent on one day. `size`: bytes."""

    user = models.ForeignKey("accounts.User", verbose_name="利用者", on_delete=models.CASCADE, related_name="+")
    day = models.DateField("日")
    files = models.PositiveIntegerField("ファイルの数", default=0)
    size = models.BigIntegerField("大きさ（バイト）", default=0)

    class Meta:
        verbose_name = "受け取ったファイルの数"
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="one_upload_tally_per_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day:%Y-%m-%d} {self.files}"
