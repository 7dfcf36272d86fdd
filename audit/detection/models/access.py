"""Accesses compared with the reasons in our own data."""

from __future__ import annotations

from django.db import models


class AccessDay(models.Model):
    """One person's accesses of one day: how many households were seen, and for how many our data has a reason for all that was seen of
    them; of these, how many seem to be of the person's family or a colleague's (`related`), which a reason explains and the month's
    review lists all the same."""

    username = models.CharField("操作者", max_length=60)
    day = models.DateField("日")
    accesses = models.PositiveIntegerField("閲覧")
    explained = models.PositiveIntegerField("説明のつく閲覧")
    related = models.PositiveIntegerField("説明のつく、親族・同僚とみられる記録の閲覧", default=0)

    class Meta:
        verbose_name = "閲覧の説明（日別）"
        constraints = [models.UniqueConstraint(fields=["username", "day"], name="one_access_day")]
        indexes = [models.Index(fields=["day"], name="access_day_by_day")]

    def __str__(self) -> str:
        return f"{self.username} {self.day} {self.explained}/{self.accesses}"


class UnexplainedAccess(models.Model):
    """説明のつかない閲覧: a subject somebody saw without a reason in our own data. `rank`: the higher, the odder."""

    username = models.CharField("操作者", max_length=60)
    day = models.DateField("日")
    kind = models.CharField("対象の種類", max_length=20)
    subject = models.CharField("対象", max_length=40)
    seen_at = models.DateTimeField("最初の閲覧")
    times = models.PositiveIntegerField("回数")
    rank = models.FloatField("順位の重み")

    class Meta:
        verbose_name = "説明のつかない閲覧"
        ordering = ["-rank", "-seen_at"]
        constraints = [
            models.UniqueConstraint(fields=["username", "day", "kind", "subject"], name="one_unexplained_access")
        ]
        indexes = [models.Index(fields=["day", "-rank"], name="unexplained_by_rank")]

    def __str__(self) -> str:
        return f"{self.username} {self.kind}:{self.subject} {self.day}"
