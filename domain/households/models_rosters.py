"""Rosters that schools hand in, what each would change, and what is wrong with its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.db import models

from domain.households.received import ReceivedFile

TEXT = 240


class RosterImport(ReceivedFile):
    """One roster workbook that was handed in. `counts` by sheet.

    `decisions` holds what people decided about parked households, as lists of 世帯番号: distinct (two members of one name
    and birth date are two people), adopt (take this roster's facts over those of another school's), keep (leave those).
    After a decision the file is read again. `taken_counts`: those of the last time it was taken in, none before the first: a
    look at it after that changes `counts` and nothing else, and can be left.
    """

    school = models.ForeignKey("households.School", models.PROTECT, related_name="imports", verbose_name="学校")
    decisions = models.JSONField("確定", default=dict)
    taken_counts = models.JSONField("取り込んだときの件数", null=True, editable=False)

    class Meta(ReceivedFile.Meta):
        abstract = False
        verbose_name = "名簿取込"
        constraints = [
            models.UniqueConstraint(fields=["school", "fiscal_year", "digest"], name="one_import_per_roster_file")
        ]

    def by_kind(self) -> Mapping[str, int]:
        """All sheets together."""
        return sum((Counter(sheet) for sheet in self.counts.values()), Counter())


class RosterChange(models.Model):
    """A registered value that a roster puts another in the place of, as it was shown before the roster was taken in.

    What a reading would change and nobody was shown is not written: the roster is looked at again. `touched` says when and
    by whom the value was last changed on a page. Values of a household under 支援措置 are not in it and account numbers masked;
    `stamp` is then the moment the household was last changed, so that another value behind them is noticed. Nothing stays
    once the roster is taken in.
    """

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="changes", verbose_name="名簿取込")
    sheet = models.CharField("シート", max_length=30)
    row = models.PositiveIntegerField("行")
    household_number = models.CharField("世帯番号", max_length=20)
    subject = models.CharField("対象", max_length=80)
    column = models.CharField("列", max_length=40)
    before = models.CharField("登録値", max_length=TEXT)
    after = models.CharField("名簿の値", max_length=TEXT)
    touched = models.CharField("画面での変更", max_length=200, blank=True)
    stamp = models.CharField("記録の時点", max_length=40, blank=True)

    class Meta:
        verbose_name = "名簿で変わる値"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.sheet} {self.row}行 {self.column}"


class RosterProblem(models.Model):
    """What is wrong with a row, where, and what to do. Parked rows stay here until somebody settles them.

    `seen` is what the roster says, `registered` what we hold; the latter is shown only to who may see that household.
    """

    class Severity(models.TextChoices):
        REFUSED = "refused", "取込中止"
        ERROR = "error", "誤り"
        PARKED = "parked", "保留"
        NOTICE = "notice", "参考"

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="problems", verbose_name="名簿取込")
    sheet = models.CharField("シート", max_length=30)
    row = models.PositiveIntegerField("行", null=True)
    column = models.CharField("列", max_length=40, blank=True)
    severity = models.CharField("区分", max_length=8, choices=Severity.choices)
    code = models.CharField("コード", max_length=60)
    message = models.CharField("内容", max_length=400)
    seen = models.CharField("名簿の値", max_length=TEXT, blank=True)
    registered = models.CharField("登録値", max_length=TEXT, blank=True)
    household_number = models.CharField("世帯番号", max_length=20, blank=True)
    settled_at = models.DateTimeField("解消日時", null=True, blank=True)
    settled_by = models.CharField("解消者", max_length=200, blank=True)
    settlement = models.CharField("解消の内容", max_length=20, blank=True)

    class Meta:
        verbose_name = "取込の問題"
        ordering = ["sheet", "row", "id"]

    def __str__(self) -> str:
        return f"{self.sheet} {self.row}行 {self.code}"
