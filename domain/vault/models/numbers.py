"""個人番号 and 団体内統合宛名番号, sealed. Nothing here can be read without `domain.vault.services.reveal`."""

from __future__ import annotations

from django.db import models

from domain.households.models import Member, School
from tenants.core.fields import BytesField


class DepositKey(models.Model):
    """The key with which schools seal their files of numbers, itself sealed with a key of this prefecture."""

    key_id = models.CharField("鍵の名", max_length=16, unique=True)
    sealed = models.BinaryField("暗号文")
    created_at = models.DateTimeField("登録日時", auto_now_add=True)
    retired_at = models.DateTimeField("廃止日時", null=True, blank=True)

    class Meta:
        verbose_name = "番号受入の鍵"
        constraints = [
            models.UniqueConstraint(
                fields=["retired_at"],
                condition=models.Q(retired_at=None),
                nulls_distinct=False,
                name="one_deposit_key_in_use",
            )
        ]

    def __str__(self) -> str:
        return self.key_id


class NumberDeposit(models.Model):
    """One sealed file of individual numbers that a school handed in; the same bytes are taken in once.

    The file lies at `path` until it was read; then it is removed (`emptied_at`) and only its digest is kept.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "受入待ち"
        REFUSED = "refused", "受入不可"
        TAKEN = "taken", "受入済"

    school = models.ForeignKey(School, models.PROTECT, related_name="number_deposits", verbose_name="学校")
    file_name = models.CharField("ファイル名", max_length=120)
    digest = models.CharField("SHA-256", max_length=64, unique=True)
    path = models.CharField("保存先", max_length=200, blank=True)
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.WAITING)
    run = models.PositiveSmallIntegerField("読取り回数", default=1)
    counts = models.JSONField("件数", default=dict)
    refusal_code = models.CharField("受入不可のコード", max_length=60, blank=True)
    refusal = models.CharField("受入不可の理由", max_length=400, blank=True)
    emptied_at = models.DateTimeField("ファイルの消去日時", null=True, blank=True)
    created_by = models.CharField("登録者", max_length=200)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    class Meta:
        verbose_name = "番号受入"
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.file_name


class PersonNumber(models.Model):
    """One number of one person. `index` finds equal numbers without opening them; a changed number gets a new row.

    `index_key` is the number of the key of `index`. While that key is changed, `index_next` is the same under the next one.

    `valid_from` and `valid_until` (the first day on which it is no longer valid) are the days of the number itself, as far as
    somebody told us; `held_from` and `held_until` say since when and until when we use the row. An old number stays, with its
    end and the reason, until it is purged. `transit_until` is set where the prefecture holds numbers in transit only.
    """

    class Field(models.TextChoices):
        INDIVIDUAL = "individual_number", "個人番号"
        UNIFIED = "unified_number", "団体内統合宛名番号"

    class Ended(models.TextChoices):
        """Why a number is no longer used."""

        NO = "", "有効"
        LEAKED = "leaked", "漏えい等による変更（番号法第7条第2項）"
        CORRECTED = "corrected", "誤りの訂正（取り違え・入力誤り）"
        REPLACED = "replaced", "受入ファイルによる変更"
        REASSIGNED = "reassigned", "統合宛名による付替え"
        WITHDRAWN = "withdrawn", "統合宛名の登録の廃止"

    class Identity(models.TextChoices):
        """本人確認 at the number desk (番号法第16条)."""

        CARD = "card", "個人番号カード"
        NOTICE = "notice", "通知カード等と身元確認書類"
        PROXY = "proxy", "代理人（代理権・代理人の身元・本人の番号を確認）"
        OTHER = "other", "その他の法令で定める方法"

    member = models.ForeignKey(Member, models.PROTECT, related_name="numbers", verbose_name="構成員")
    field = models.CharField("種別", max_length=20, choices=Field.choices)
    sealed = BytesField("暗号文")
    index = BytesField("照合用ハッシュ", max_length=32)
    index_key = models.PositiveSmallIntegerField("照合用の鍵の番号", db_default=1)
    index_next = BytesField("次の鍵による照合用ハッシュ", max_length=32, null=True, blank=True)
    deposit = models.ForeignKey(NumberDeposit, models.PROTECT, null=True, blank=True, verbose_name="番号受入")
    held_from = models.DateTimeField("保有開始", auto_now_add=True)
    held_until = models.DateTimeField("保有終了", null=True, blank=True)
    valid_from = models.DateField("有効開始日", null=True, blank=True)
    valid_until = models.DateField("有効終了日（この日から無効）", null=True, blank=True)
    ended = models.CharField("終了の理由", max_length=12, choices=Ended.choices, blank=True)
    transit_until = models.DateTimeField("一時保管の期限", null=True, blank=True)
    identity = models.CharField("本人確認の方法", max_length=10, choices=Identity.choices, blank=True)
    entered_by = models.CharField("入力者", max_length=200, blank=True)

    class Meta:
        verbose_name = "番号"
        indexes = [models.Index(fields=["field", "index"], name="numbers_by_blind_index")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(held_until=None, ended="")
                | (models.Q(held_until__isnull=False) & ~models.Q(ended="")),
                name="ended_with_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_until=None)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="number_valid_forwards",
            ),
            models.UniqueConstraint(
                fields=["member", "field"], condition=models.Q(held_until=None), name="one_number_per_person"
            ),
            models.UniqueConstraint(
                fields=["field", "index"], condition=models.Q(held_until=None), name="one_person_per_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.field}"


class NumberProblem(models.Model):
    """Why a handed-in number was not taken. Never holds the number."""

    deposit = models.ForeignKey(NumberDeposit, models.CASCADE, related_name="problems", verbose_name="番号受入")
    line = models.PositiveIntegerField("行")
    household_number = models.CharField("世帯番号", max_length=20, blank=True)
    member_key = models.CharField("構成員番号", max_length=10, blank=True)
    code = models.CharField("コード", max_length=60)
    message = models.CharField("内容", max_length=400)
    settled_at = models.DateTimeField("解消日時", null=True, blank=True)

    class Meta:
        verbose_name = "番号受入の問題"
        ordering = ["line", "id"]

    def __str__(self) -> str:
        return f"{self.household_number}-{self.member_key} {self.code}"
