"""月次点検: what the manager found in a month's records. Closed once, by name and with a finding; then it stands."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

models.CharField.register_lookup(Length)
models.TextField.register_lookup(Length)

SHORTEST_FINDING = 10
"""Letters. A finding of one word tells nothing to whoever reads it in a year."""


class MonthlyReview(models.Model):
    """A closed review: rows are only added (a trigger refuses change and removal).

    `figures`: the canonical JSON that was signed, as text; `signature`: Ed25519 over it, in hexadecimal, by the
    prefecture's key of this purpose, whose public half is `public_key`.
    """

    month = models.DateField("月の初日", unique=True)
    figures = models.TextField("件数など")
    finding = models.TextField("所見")
    closed_by = models.CharField("点検者の職員ID", max_length=60)
    closed_by_name = models.CharField("点検者", max_length=80)
    closed_at = models.DateTimeField("点検日時")
    signature = models.CharField("署名", max_length=128)
    public_key = models.CharField("検証用の公開鍵", max_length=64)

    class Meta:
        verbose_name = "月次点検"
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(
                condition=Q(finding__length__gte=SHORTEST_FINDING) & ~Q(closed_by="") & ~Q(closed_by_name=""),
                name="month_closed_with_name_and_finding",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="month_is_its_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
