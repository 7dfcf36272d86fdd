"""What people carry and key: acts of two people at the medium, the files they concern, and entries from work sheets."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class CarryAct(models.Model):
    """持ち出し, 取込 or 消去 of a medium: one person proposes, another one confirms and so does it.

    `proposed_by` and `confirmed_by` are usernames.
    """

    class Kind(models.TextChoices):
        RELEASE = "release", "持ち出し"
        TAKE_IN = "take_in", "取込"
        ERASE = "erase", "消去"

    class State(models.TextChoices):
        PROPOSED = "proposed", "確認待ち"
        DONE = "done", "完了"
        WITHDRAWN = "withdrawn", "取消"

    class Method(models.TextChoices):
        OVERWRITE = "overwrite", "専用ソフトによる上書き消去"
        FORMAT = "format", "完全フォーマット"
        DESTROY = "destroy", "媒体の物理的な破壊"

    kind = models.CharField("手続", max_length=10, choices=Kind.choices)
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.PROPOSED)
    approval_number = models.CharField("承認番号", max_length=40)
    medium = models.CharField("媒体の管理番号", max_length=40)
    method = models.CharField("消去の方法", max_length=10, choices=Method.choices, blank=True)
    proposed_by = models.CharField("担当者", max_length=150)
    proposed_at = models.DateTimeField("申請日時", auto_now_add=True)
    confirmed_by = models.CharField("立会人", max_length=150, blank=True)
    confirmed_at = models.DateTimeField("実施日時", null=True, blank=True)

    class Meta:
        verbose_name = "媒体の手続"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(state="proposed"), name="one_open_act_of_a_kind"),
            models.CheckConstraint(condition=~Q(confirmed_by=F("proposed_by")), name="two_people_carry"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_state_display()}"


class CarriedFile(models.Model):
    """One sealed package, on its way out or back. Holds what its manifest says, never a person's data.

    `digest`: SHA-256 of the sealed package; before its release, when it has no number and no final bytes, the keyed one of its payload
    (`medium_package.payload_digest`), which may hold 個人番号.
    """

    class Direction(models.TextChoices):
        OUT = "out", "持ち出し"
        BACK = "back", "取込"

    class State(models.TextChoices):
        WAITING = "waiting", "確認待ち"
        RELEASED = "released", "持出済"
        TAKEN = "taken", "取込済"
        KNOWN = "known", "取込済（同じファイル）"
        REFUSED = "refused", "受取不可"

    act = models.ForeignKey(CarryAct, models.PROTECT, related_name="files", verbose_name="手続")
    erased_in = models.ForeignKey(
        CarryAct, models.PROTECT, null=True, blank=True, related_name="erased_files", verbose_name="消去の手続"
    )
    direction = models.CharField("方向", max_length=4, choices=Direction.choices)
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.WAITING)
    name = models.CharField("ファイル名", max_length=100, blank=True)
    digest = models.CharField("照合値", max_length=64)
    sequence = models.PositiveIntegerField("番号", null=True, blank=True)
    request = models.CharField("データ種別", max_length=20, blank=True)
    batch = models.CharField("送信単位", max_length=40, blank=True)
    content = models.CharField("内容", max_length=10, blank=True)
    lines = models.PositiveIntegerField("明細数", default=0)
    reason = models.CharField("理由", max_length=200, blank=True)
    path = models.CharField("保存先", max_length=200, blank=True)

    class Meta:
        verbose_name = "媒体のファイル"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["act", "digest"], name="a_file_once_in_an_act"),
            models.UniqueConstraint(
                fields=["direction", "sequence"],
                condition=Q(state__in=["released", "taken"]),
                name="a_package_number_once",
            ),
        ]
        indexes = [models.Index(fields=["batch"])]

    def __str__(self) -> str:
        return self.name or f"{self.request} {self.batch}"


class SheetEntry(models.Model):
    """What one person read at the other side's terminal, sealed. A draft until it is submitted.

    `sealed` holds {"lines": {line: {column: value}}, "evidence": number as typed so far} and goes empty when the sheet is
    agreed; `evidence` is what was handed in. Two people at most enter one sheet.
    """

    sheet = models.CharField("作業票", max_length=80)
    place = models.PositiveSmallIntegerField("何人目")
    by = models.CharField("入力者", max_length=150)
    evidence = models.CharField("証拠書類の番号", max_length=60, blank=True)
    sealed = models.BinaryField("入力（暗号文）", default=b"")
    content = models.CharField("作業票の照合値", max_length=64)
    submitted_at = models.DateTimeField("提出日時", null=True, blank=True)
    agreed_at = models.DateTimeField("一致日時", null=True, blank=True)
    updated_at = models.DateTimeField("更新日時", auto_now=True)

    class Meta:
        verbose_name = "作業票の入力"
        ordering = ["sheet", "place"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "content", "by"], name="one_entry_of_a_person"),
            models.UniqueConstraint(fields=["sheet", "content", "place"], name="two_people_enter_a_sheet"),
            models.CheckConstraint(condition=Q(place__in=[1, 2]), name="first_or_second_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.place}"


class EvidenceCopy(models.Model):
    """証拠書類の写し of one entry: a print or photograph of what the terminal showed. The bytes lie sealed at `path`.

    `size` in bytes, `digest`: SHA-256 of the bytes, `media_type` by their content. Kept with the entry, which has no term.
    """

    entry = models.OneToOneField(SheetEntry, models.PROTECT, related_name="copy", verbose_name="作業票の入力")
    name = models.CharField("ファイル名", max_length=100)
    media_type = models.CharField("形式", max_length=20)
    size = models.PositiveIntegerField("大きさ（バイト）")
    digest = models.CharField("SHA-256", max_length=64)
    path = models.CharField("保存先", max_length=200)
    kept_at = models.DateTimeField("添付日時", auto_now=True)

    class Meta:
        verbose_name = "証拠書類の写し"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
