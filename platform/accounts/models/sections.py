"""係・担当: a named set of schools, with dates, that a role can be limited to."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

PREFIX: Final = "@"
"""Stands before a section's number where a 学校コード may stand; no 学校コード begins with it."""


class Section(models.Model):
    """`school_codes`: its schools. A role limited to it sees them from `starts_on` to `ends_on`, and none on other days."""

    name = models.CharField("係・担当の名称", max_length=60, unique=True)
    school_codes = ArrayField(models.CharField(max_length=13), verbose_name="受け持つ学校")
    starts_on = models.DateField("開始日")
    ends_on = models.DateField("終了日", null=True, blank=True)

    class Meta:
        verbose_name = "係・担当"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="section_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """What stands in `RoleAssignment.school_code` of a role limited to it."""
        return f"{PREFIX}{self.pk}"

    def is_in_force(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
