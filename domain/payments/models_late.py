"""What happens to 使用経費 of a period whose round is approved: kept with who, why and what stood before."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class LateChange(models.Model):
    """承認後の経費の追加・変更・取消し: the approved round stays as it is, the next one pays or claims the difference.

    `before`, `after`: the receipt (fields of `ExpenseFacts`; amounts in 円), empty where there was or is none.
    """

    class Act(models.TextChoices):
        ADDED = "added", "追加"
        CHANGED = "changed", "変更"
        REMOVED = "removed", "取消し"

    fiscal_year = models.PositiveSmallIntegerField("年度")
    round = models.ForeignKey(
        "payments.PaymentRound", models.PROTECT, related_name="late_changes", verbose_name="承認済みの支給回"
    )
    pupil = models.ForeignKey("households.Pupil", models.PROTECT, related_name="late_changes", verbose_name="児童生徒")
    expense = models.ForeignKey(
        "payments.Expense", models.SET_NULL, null=True, related_name="late_changes", verbose_name="使用経費"
    )
    act = models.CharField("したこと", max_length=8, choices=Act.choices)
    before = models.JSONField("前の内容", default=dict)
    after = models.JSONField("後の内容", default=dict)
    reason = models.CharField("理由", max_length=100)
    by = models.CharField("操作者", max_length=200)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "承認後の経費の変更"
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="late_change_says_why")]
        indexes = [models.Index(fields=["fiscal_year"])]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.pupil_id} {self.act}"
