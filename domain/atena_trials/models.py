"""What a prefecture keeps about trying its own files: the versions handed over for it, and the sealed files with their finding."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.utils import timezone

from integrations.atena_adapters.fields import Message

KEPT_DAYS = 90
"""How long the bytes of a sample file are kept, for the talk with the other side about a mismatch."""


def term() -> date:
    """The last day of a file that is put in today."""
    return timezone.localdate() + timedelta(days=KEPT_DAYS)


class OfferedVersion(models.Model):
    """A version as the console handed it over for trying: names of secrets, no secret. Never changed."""

    version = models.PositiveIntegerField("版", unique=True)
    config = models.JSONField("設定")
    offered_at = models.DateTimeField("受け渡し日時", auto_now_add=True)

    class Meta:
        verbose_name = "試せる設定の版"
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"第{self.version}版"


class SampleFile(models.Model):
    """A file as the prefecture's system writes it, sealed, and where it first differs from the version.

    Line (from 1), offset (bytes, from 0), item and kind of error may leave the prefecture; the bytes and values never do.
    """

    class Kind(models.TextChoices):
        """Files that the other side writes: none of them holds a 個人番号."""

        REGISTRATION = Message.REGISTRATION_ANSWER.value, "付番依頼の回答"
        UPDATE = Message.UPDATE_ANSWER.value, "異動の回答"
        WITHDRAWAL = Message.WITHDRAWAL_ANSWER.value, "廃止の回答"
        LINKAGE = Message.LINKAGE_ANSWER.value, "符号確認の回答"
        INQUIRY = Message.INQUIRY_ANSWER.value, "情報照会の回答"
        PROVISION = Message.PROVISION_ANSWER.value, "副本登録の回答"
        LISTING = Message.LISTING_ANSWER.value, "保留の照会・記録の一覧"
        RELEASE = Message.RELEASE_ANSWER.value, "照会への回答の結果"
        RECEIPT = Message.RECEIPT.value, "受領通知"

    offered = models.ForeignKey(OfferedVersion, models.PROTECT, related_name="samples", verbose_name="設定の版")
    kind = models.CharField("種類", max_length=24, choices=Kind.choices)
    file_name = models.CharField("ファイル名", max_length=160)
    path = models.CharField("保存先", max_length=200)
    digest = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField("バイト数")
    readable = models.BooleanField("読み取れた")
    lines = models.PositiveIntegerField("明細の数")
    faults = models.PositiveIntegerField("違いのある明細の数")
    line = models.PositiveIntegerField("行", default=0)
    offset = models.PositiveIntegerField("先頭からのバイト数", default=0)
    item = models.CharField("項目", max_length=120, blank=True)
    expected = models.CharField("誤りの種類", max_length=400, blank=True)
    by = models.CharField("登録者", max_length=60)
    at = models.DateTimeField("登録日時", auto_now_add=True)
    keep_until = models.DateField("保管期限", default=term, db_index=True)
    erased_at = models.DateTimeField("消去日時", null=True, blank=True)
    erased_by = models.CharField("消去した人", max_length=60, blank=True)

    class Meta:
        verbose_name = "見本ファイル"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def fits(self) -> bool:
        return self.readable and not self.faults
