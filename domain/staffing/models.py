"""A transfer (人事異動): what one workbook would do from a day on, asked for by one person and approved by another."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class TransferPlan(models.Model):
    """One workbook, read. `digest`: SHA-256 of the file."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "承認待ち"
        APPROVED = "approved", "承認"
        WITHDRAWN = "withdrawn", "取りやめ"

    file_name = models.CharField("ファイル名", max_length=200)
    digest = models.CharField("要約値", max_length=64)
    effective_on = models.DateField("異動日")
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.CharField("提案した人", max_length=40)
    proposed_at = models.DateTimeField("提案日時")
    approved_by = models.CharField("承認した人", max_length=40, blank=True)
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)

    class Meta:
        verbose_name = "人事異動"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="approved") | (~Q(approved_by="") & ~Q(approved_by=F("proposed_by"))),
                name="transfer_two_people",
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="proposed"), name="one_transfer_waits_for_approval"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_on:%Y-%m-%d} {self.file_name}"


class TransferLine(models.Model):
    """What happens to one person. `content`: what the account will be; `words`: the change in words; `refusal`: why it was not done."""

    class Kind(models.TextChoices):
        NEW = "new", "新規"
        MOVED = "moved", "異動"
        LEAVING = "leaving", "転出"
        UNCHANGED = "unchanged", "変更なし"
        ERROR = "error", "誤り"

    plan = models.ForeignKey(TransferPlan, verbose_name="人事異動", on_delete=models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField("行")
    kind = models.CharField("区分", max_length=10, choices=Kind.choices)
    username = models.CharField("職員ID", max_length=60)
    name = models.CharField("氏名", max_length=80, blank=True)
    words = models.TextField("変わること", blank=True)
    content = models.JSONField("内容", default=dict)
    applied_at = models.DateTimeField("反映日時", null=True, blank=True)
    refusal = models.TextField("反映できなかった理由", blank=True)

    class Meta:
        verbose_name = "人事異動の行"
        ordering = ["row", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "username"], condition=~Q(kind="error"), name="one_transfer_line_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.get_kind_display()}"
