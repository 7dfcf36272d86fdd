"""A board's own 年度定義: revisions laid over a shipped pack, and from which day each is in force.

The content of an approved revision never changes again (a trigger of the database refuses it): decisions made with it name
its digest and are rebuilt from it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from web.dates import fiscal_year_label

PREFIX = "board"
"""First part of the name of every revision of a board, e.g. `board-2025-3`; no shipped folder is named so."""


class Revision(models.Model):
    """One revision (改訂) of a fiscal year: `content` is what an overlay's TOML files hold, as JSON.

    It is laid over `base` and, before it, the shipped overlays `shipped`. `digest` is that of the whole pack (base, shipped,
    content) and is fixed when the revision is proposed; a draft has none.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "作成中"
        PROPOSED = "proposed", "承認待ち"
        APPROVED = "approved", "承認済"
        WITHDRAWN = "withdrawn", "取下げ"

    fiscal_year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("版")
    title = models.CharField("名称", max_length=60)
    base = models.CharField("もとの年度定義", max_length=80)
    shipped = models.JSONField("先に重ねる定義", default=list, blank=True)
    content = models.JSONField("内容", default=dict)
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.DRAFT)
    digest = models.CharField("指紋", max_length=80, blank=True)
    created_by = models.CharField("作成者", max_length=60)
    proposed_by = models.CharField("提案者", max_length=60, null=True, blank=True)  # noqa: DJ001 - null until proposed
    proposed_at = models.DateTimeField("提案日時", null=True, blank=True)
    approved_by = models.CharField("承認者", max_length=60, null=True, blank=True)  # noqa: DJ001 - null until approved
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)
    created_at = models.DateTimeField("作成日時", auto_now_add=True)
    updated_at = models.DateTimeField("更新日時", auto_now=True)

    class Meta:
        verbose_name = "年度定義の改訂"
        ordering = ["-fiscal_year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["fiscal_year", "number"], name="one_revision_per_number"),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(proposed_by__isnull=False, approved_by__isnull=False) & ~Q(approved_by=F("proposed_by")),
                name="two_people_approve_revision",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | ~Q(digest=""), name="proposed_revision_has_digest"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Name of the overlay, e.g. `board-2025-3`."""
        return f"{PREFIX}-{self.fiscal_year}-{self.number}"

    @property
    def label(self) -> str:
        """令和7年度 第3版: what people call it."""
        return f"{fiscal_year_label(self.fiscal_year)} 第{self.number}版"

    @property
    def overlays(self) -> tuple[str, ...]:
        """Everything laid over the base, this revision last."""
        return (*self.shipped, self.name)


class RevisionStep(models.Model):
    """History of a revision's states: who moved it, when, why."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="steps", verbose_name="改訂")
    from_state = models.CharField("前の状態", max_length=10, choices=Revision.State.choices, blank=True)
    to_state = models.CharField("状態", max_length=10, choices=Revision.State.choices)
    reason = models.CharField("理由", max_length=400, blank=True)
    by = models.CharField("操作者", max_length=60)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "改訂の経過"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.revision_id} {self.to_state}"


class InForce(models.Model):
    """From `starts_on` on, new decisions of `fiscal_year` use `revision` (none: the shipped pack alone).

    Rows are only added; the approved one with the latest day that has come counts, the newest where days are equal.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "承認待ち"
        APPROVED = "approved", "承認済"
        WITHDRAWN = "withdrawn", "取下げ"

    fiscal_year = models.PositiveSmallIntegerField("年度")
    revision = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, related_name="in_force", verbose_name="改訂"
    )
    starts_on = models.DateField("適用開始日")
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.PROPOSED)
    reason = models.CharField("理由", max_length=400, blank=True)
    proposed_by = models.CharField("提案者", max_length=60)
    proposed_at = models.DateTimeField("提案日時", auto_now_add=True)
    approved_by = models.CharField("承認者", max_length=60, null=True, blank=True)  # noqa: DJ001 - null until approved
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)
    withdrawn_by = models.CharField("取り下げた者", max_length=60, blank=True)
    withdrawn_at = models.DateTimeField("取下げ日時", null=True, blank=True)
    withdrawn_why = models.CharField("取下げの理由", max_length=400, blank=True)

    class Meta:
        verbose_name = "適用する年度定義"
        ordering = ["-fiscal_year", "-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_by__isnull=False) & ~Q(approved_by=F("proposed_by")),
                name="two_people_put_in_force",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by="") & ~Q(withdrawn_why=""),
                name="withdrawn_in_force_says_why",
            ),
            models.UniqueConstraint(
                fields=["fiscal_year"], condition=Q(state="proposed"), name="one_in_force_proposal_per_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year} {self.starts_on} {self.revision_id}"


class KeptPack(models.Model):
    """The whole content of a pack that decisions were made with, by digest: rebuilt even when the shipped folders change.

    `layers` is what the digest was made of: [[name, content], …], the base first. `files` says for each layer which file each
    section came from, because rows are named by it.
    """

    digest = models.CharField("指紋", max_length=80, primary_key=True)
    name = models.CharField("年度定義", max_length=80)
    overlays = models.JSONField("重ねる定義", default=list)
    layers = models.JSONField("内容")
    files = models.JSONField("ファイル", default=list)
    kept_at = models.DateTimeField("保存日時", auto_now_add=True)

    class Meta:
        verbose_name = "決定に使った年度定義"

    def __str__(self) -> str:
        return self.digest


class WorkbookUpload(models.Model):
    """A filled workbook, read but not yet taken over: what it would change in the draft, row by row.

    `content_digest` is that of the draft it was compared with; a draft changed since is not overwritten.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "確認待ち"
        APPLIED = "applied", "反映済"
        DISCARDED = "discarded", "取消"

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="uploads", verbose_name="改訂")
    file_name = models.CharField("ファイル名", max_length=200)
    file_digest = models.CharField("ファイルの指紋", max_length=80)
    content_digest = models.CharField("比べた内容の指紋", max_length=80)
    rows = models.JSONField("行", default=list)
    problems = models.JSONField("知らせ", default=list)
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.WAITING)
    received_by = models.CharField("受け取った人", max_length=60)
    received_at = models.DateTimeField("受取日時", auto_now_add=True)

    class Meta:
        verbose_name = "年度定義の取込"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name
