"""What would make the watch see or say less, waiting for a second person."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Loosening(models.Model):
    """見守りを緩める申請: a dated exception, or a threshold that lets more pass. In force once another person approved it.

    `username`: whom the exception is about (empty: anybody but the two who gave it). `value`: the threshold asked for, None
    for the standard. `proposed_by` and `decided_by` are 職員ID.
    """

    class Kind(models.TextChoices):
        THRESHOLD = "threshold", "しきい値"
        EXCEPTION = "exception", "例外"

    class State(models.TextChoices):
        PROPOSED = "proposed", "承認待ち"
        APPROVED = "approved", "承認済"
        WITHDRAWN = "withdrawn", "取りやめ"

    kind = models.CharField("種類", max_length=10, choices=Kind.choices)
    rule = models.CharField("規則", max_length=60)
    username = models.CharField("職員ID", max_length=60, blank=True)
    value = models.FloatField("しきい値", null=True)
    ends_at = models.DateTimeField("例外の期限", null=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.CharField("申請した人", max_length=60)
    proposed_at = models.DateTimeField("申請日時", auto_now_add=True)
    decided_by = models.CharField("承認・取りやめをした人", max_length=60, blank=True)
    decided_at = models.DateTimeField("承認・取りやめの日時", null=True)

    class Meta:
        verbose_name = "見守りを緩める申請"
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "rule", "username"], condition=Q(state="proposed"), name="one_waiting_loosening"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("proposed_by")) & ~Q(decided_by=""),
                name="loosening_by_two",
            ),
            models.CheckConstraint(
                condition=Q(kind="threshold", ends_at=None, username="")
                | Q(kind="exception", ends_at__isnull=False, value=None),
                name="loosening_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.kind} {self.state}"
