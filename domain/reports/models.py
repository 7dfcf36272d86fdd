"""帳票: each file that was made, which characters its font lacked, and the board's own words on the notice (文面)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class OutputFile(models.Model):
    """One file for one purpose; `key` says which, so that a job that runs again replaces nothing and doubles nothing.

    A long print is several files: `part` 1, 2, … of one `run` (the key of its job). Runs of one `subject` (form, year or
    round, school) are versions of the same thing; `fingerprint` is that of the records as they were printed. `people`: whom
    the trail names when it is taken, [kind, id] each, as of the making: the round and the school may name others by then.
    """

    class Kind(models.TextChoices):
        STATEMENT = "statement", "収入額・需要額調書"
        NOTICE = "notice", "支弁区分決定通知書"
        CALCULATION = "calc", "決定の計算書"
        PAYMENT_CALCULATION = "paid", "支給額の計算書"
        LEDGER = "ledger", "個人別支給台帳"
        SLIP = "slip", "支給明細書"
        BANK = "bank", "総合振込データ"

    kind = models.CharField("種別", max_length=10, choices=Kind.choices)
    key = models.CharField("鍵", max_length=200, unique=True)
    run = models.CharField("作成の鍵", max_length=190, db_index=True)
    part = models.PositiveSmallIntegerField("分冊", default=1)
    parts = models.PositiveSmallIntegerField("分冊の数", default=1)
    subject = models.CharField("対象", max_length=80, db_index=True)
    fingerprint = models.CharField("元の記録の指紋", max_length=64)
    title = models.CharField("名称", max_length=120)
    school_code = models.CharField("学校コード", max_length=20, blank=True)
    fiscal_year = models.PositiveSmallIntegerField("年度")
    path = models.CharField("保存先", max_length=200)
    media_type = models.CharField("形式", max_length=60)
    digest = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField("バイト数")
    pages = models.PositiveIntegerField("ページ数", default=0)
    documents = models.PositiveIntegerField("部数", default=0)
    total = models.BigIntegerField("合計（円）", null=True, blank=True)
    people = models.JSONField("載っている人", default=list)
    created_by = models.CharField("作成者", max_length=200)
    created_at = models.DateTimeField("作成日時", auto_now_add=True)

    class Meta:
        verbose_name = "帳票ファイル"
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["fiscal_year", "kind", "school_code"])]

    def __str__(self) -> str:
        return self.title


class MissingGlyph(models.Model):
    """印刷ログ: a character printed as 〓 because the font lacks it."""

    output = models.ForeignKey(OutputFile, models.CASCADE, related_name="missing_glyphs", verbose_name="帳票ファイル")
    code_points = models.CharField("文字コード", max_length=60)
    where = models.CharField("場所", max_length=120)

    class Meta:
        verbose_name = "印刷できなかった文字"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["output", "code_points", "where"], name="each_glyph_once")]

    def __str__(self) -> str:
        return self.code_points

    @property
    def character(self) -> str:
        """The character itself (with its variation selector), for a screen that may well have it."""
        return "".join(chr(int(point.removeprefix("U+"), 16)) for point in self.code_points.split())


class NoticeWording(models.Model):
    """文面: what the board itself says on its 決定通知書, from `starts_on` until a later version holds.

    One person proposes it, another approves it; it never changes afterwards. The days are those of the notices.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "承認待ち"
        APPROVED = "approved", "承認済"
        WITHDRAWN = "withdrawn", "取下げ"

    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.PROPOSED)
    starts_on = models.DateField("適用開始日")
    instruction = models.TextField("教示文", max_length=2000)
    contact = models.TextField("問合せ先", max_length=400)
    sender = models.CharField("発信者名", max_length=60)
    seal_omitted = models.BooleanField("公印省略の表示", default=False)
    proposed_by = models.CharField("提案者", max_length=150)
    proposed_at = models.DateTimeField("提案日時", auto_now_add=True)
    approved_by = models.CharField("承認者", max_length=150, null=True, blank=True)  # noqa: DJ001 - null until approved
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)

    class Meta:
        verbose_name = "決定通知書の文面"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="proposed"), name="one_wording_waits"),
            models.CheckConstraint(
                condition=~Q(state="approved") | (Q(approved_by__isnull=False) & ~Q(approved_by=F("proposed_by"))),
                name="two_people_word_notices",
            ),
            models.CheckConstraint(condition=~Q(instruction=""), name="wording_instructs"),
        ]

    def __str__(self) -> str:
        return f"文面 {self.pk}"

    @property
    def paragraphs(self) -> list[str]:
        """教示文 by line, without the empty ones."""
        return _lines(self.instruction)

    @property
    def contact_lines(self) -> list[str]:
        return _lines(self.contact)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
