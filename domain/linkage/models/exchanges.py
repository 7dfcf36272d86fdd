"""The configuration in force, the batches handed over under it, and the sealed raw exchanges."""

from __future__ import annotations

import uuid

from django.db import models


class AdapterConfiguration(models.Model):
    """A version of this prefecture's adapter, put in force from the console. Old versions stay readable."""

    version = models.PositiveIntegerField("版", unique=True)
    config = models.JSONField("設定")
    secrets = models.BinaryField("秘密（暗号文）", default=b"")
    in_force_from = models.DateTimeField("有効化日時")
    retired_at = models.DateTimeField("廃止日時", null=True, blank=True)

    class Meta:
        verbose_name = "宛名接続設定"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["retired_at"],
                condition=models.Q(retired_at=None),
                nulls_distinct=False,
                name="one_configuration_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"第{self.version}版"


class Batch(models.Model):
    """One hand-over to 統合宛名. The id is also the batch id on the wire, so sending again changes nothing there."""

    class Kind(models.TextChoices):
        REGISTER = "register", "宛名登録"
        INQUIRE = "inquire", "情報照会"
        PROVIDE = "provide", "副本登録"
        UPDATE = "update", "異動"
        WITHDRAW = "withdraw", "廃止"
        CHECK = "check", "符号の確認"
        LIST = "list", "保留の照会・記録の受領"
        RELEASE = "release", "照会への回答"

    class State(models.TextChoices):
        PREPARED = "prepared", "送信待ち"
        SENT = "sent", "送信済"
        COLLECTED = "collected", "回収済"
        FAILED = "failed", "送信不可"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("種別", max_length=10, choices=Kind.choices)
    sequence = models.PositiveIntegerField("通番", unique=True)
    fiscal_year = models.PositiveSmallIntegerField("年度")
    adapter_version = models.PositiveIntegerField("設定の版")
    operator = models.JSONField("職員情報", default=dict)
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.PREPARED)
    receipt = models.JSONField("受付", default=dict)
    size = models.PositiveIntegerField("件数")
    problem = models.CharField("いまの問題", max_length=400, blank=True)
    findings = models.JSONField("受信で分かったこと", default=list)
    failure = models.CharField("最後の失敗の種類", max_length=40, blank=True)
    """Id of the error (`AtenaError.code`), or `OVERDUE`; stays when the batch goes on, with its time."""
    failed_at = models.DateTimeField("最後の失敗の日時", null=True, blank=True)
    created_at = models.DateTimeField("作成日時", auto_now_add=True)
    tried_at = models.DateTimeField("送信を始めた日時", null=True, blank=True)
    sent_at = models.DateTimeField("送信日時", null=True, blank=True)
    due_at = models.DateTimeField("回答を待つ期限", null=True, blank=True)
    collected_at = models.DateTimeField("回収日時", null=True, blank=True)
    cleared_at = models.DateTimeField("受渡し場所の消去日時", null=True, blank=True)
    given_up_at = models.DateTimeField("受渡し場所を確かめるのをやめた日時", null=True, blank=True)
    """Set where the place could not be emptied in time (`exchange.late.LONGEST`)."""
    covers_from = models.DateField("一覧の期間（から）", null=True, blank=True)
    covers_until = models.DateField("一覧の期間（まで）", null=True, blank=True)
    """Of lists: the days asked for, both included."""
    lists = models.JSONField("一覧の種類", default=list)
    """Of lists: the kinds asked for; once the answer is whole, those that were given."""

    class Meta:
        verbose_name = "送受信"
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d %H:%M}"


class RawExchange(models.Model):
    """What went over the wire, sealed, so that an old exchange stays readable; without numbers (`exchange.keeping`).

    `digest` is of the bytes on the wire: SHA-256, or the keyed one (HMAC) where they may have held numbers.
    """

    class Direction(models.TextChoices):
        SENT = "sent", "送信"
        RECEIVED = "received", "受信"

    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="raw", verbose_name="送受信")
    direction = models.CharField("方向", max_length=10, choices=Direction.choices)
    name = models.CharField("名前", max_length=160)
    digest = models.CharField("ハッシュ値", max_length=64)
    path = models.CharField("保存先", max_length=200)
    created_at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "送受信の原本"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "direction", "name", "digest"], nulls_distinct=False, name="kept_once_per_content"
            )
        ]

    def __str__(self) -> str:
        return self.name
