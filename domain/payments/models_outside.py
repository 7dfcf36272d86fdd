"""管理外学校支給額: what a school outside of ours paid in the year before the pupil came. It uses up the year's caps. 円"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from domain.households.models import Pupil
from domain.rules import Department


class OutsideGrant(models.Model):
    """Of one item of the rules, for the whole year: `expense` as recognised before the rate, and `paid` of it.

    `department`: of an item that is paid once in each 部, the one whose journey it was.
    """

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="outside_grants", verbose_name="児童生徒")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    item = models.CharField("経費項目", max_length=40)
    expense = models.PositiveIntegerField("対象額（円）")
    paid = models.PositiveIntegerField("支給額（円）")
    department = models.CharField(
        "部", max_length=16, blank=True, choices=[(each.value, each.label) for each in Department]
    )
    source = models.CharField("資料", max_length=100)
    created_by = models.CharField("登録者", max_length=60)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    class Meta:
        app_label = "payments"
        verbose_name = "管理外学校支給額"
        ordering = ["pupil", "item"]
        constraints = [
            models.UniqueConstraint(fields=["pupil", "fiscal_year", "item"], name="one_outside_grant_per_item"),
            models.CheckConstraint(condition=Q(paid__lte=F("expense")), name="outside_paid_within_expense"),
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id} {self.fiscal_year} {self.item}"
