"""The outbox, where events wait for the relay in the schema and the transaction of the act, and what the witness noted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Cast
from django.db.models.lookups import Exact

from audit.trail.identifiers import uuid7
from tenants.core.fields import BytesField

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


class OutboxEvent(models.Model):
    """One event on its way to the audit database. Insert-only for the login of the scope (see grants.py).

    `content` is the event as it was composed (`audit.trail.entries.Row`), and `signature` the application's over it.
    PostgreSQL adds two columns of its own, `transaction` and `login`: nobody who writes here can name them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    occurred_at = models.DateTimeField("日時")
    content = models.TextField("内容")
    signature = BytesField("署名")

    class Meta:
        verbose_name = "送信待ちの記録"
        ordering = ["id"]
        constraints = [
            # A time no program can read, or an id that is before all others, would lie there for ever and hold up the rest.
            models.CheckConstraint(
                condition=models.Q(occurred_at__gt=EARLIEST, occurred_at__lt=LATEST) & ~models.Q(id=UUID(int=0)),
                name="outbox_event_can_be_taken",
            ),
            # What the audit database could not read is refused to the act itself: no act without its event.
            models.CheckConstraint(
                condition=Exact(
                    models.Func(
                        Cast("content", models.JSONField()), function="jsonb_typeof", output_field=models.TextField()
                    ),
                    "object",
                ),
                name="outbox_event_can_be_read",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class RefusedEvent(models.Model):
    """An event of the outbox that the application did not sign, as the relay found it there (隔離した記録).

    The relay alone adds to it and nobody takes anything away. `row` is whatever somebody put there, as far as the longest genuine event
    would reach: never shown, never recorded. `event_id`, `transaction` and `login` are PostgreSQL's own word. `told_as` and
    `refused_at` are the id and the time of the event by which the trail is told of all those set aside together: settled here, so
    that it stays one event however often it is sent.
    """

    event_id = models.UUIDField("記録")
    transaction = models.BigIntegerField("取引")
    login = models.TextField("データベースのログイン")
    row = models.TextField("内容")
    told_as = models.UUIDField("知らせた記録", db_index=True)
    refused_at = models.DateTimeField("隔離した日時", db_index=True)

    class Meta:
        verbose_name = "隔離した記録"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["event_id", "transaction"], name="refused_once_in_a_transaction")
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.transaction}"


class WitnessedWrite(models.Model):
    """One statement that wrote to a watched table, as PostgreSQL's own trigger noted it. Nobody but the trigger writes here."""

    transaction = models.BigIntegerField("取引", db_index=True)
    table_name = models.TextField("表")
    operation = models.TextField("操作")
    rows = models.BigIntegerField("行数")
    login = models.TextField("データベースのログイン")
    written_at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "書込みの控え"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.table_name} {self.operation} {self.rows}"


class WitnessedEvents(models.Model):
    """The events that one statement put into the outbox, as the trigger there noted them."""

    transaction = models.BigIntegerField("取引", db_index=True)
    event_ids = ArrayField(models.UUIDField(), verbose_name="記録")
    occurred_at = ArrayField(models.DateTimeField(), verbose_name="日時")
    digests = ArrayField(models.BinaryField(), verbose_name="内容の指紋")
    signatures = ArrayField(models.BinaryField(), verbose_name="署名")
    witnessed_at = models.DateTimeField("控えた日時")

    class Meta:
        verbose_name = "記録の控え"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.transaction}: {len(self.event_ids)}"


class WitnessComparison(models.Model):
    """One night's comparison of writes and events. `until` is the first transaction that it did not look at.

    `unsigned`: events, and comparisons, that somebody other than the application put there. `signature`: the application's own.
    """

    compared_at = models.DateTimeField("照合日時")
    until = models.BigIntegerField("次の取引")
    writes = models.PositiveIntegerField("書込み")
    events = models.PositiveIntegerField("記録")
    unrecorded = models.JSONField("記録のない書込み", default=list)
    lost = models.JSONField("届かない記録", default=list)
    unsigned = models.JSONField("署名の合わない記録", default=list)
    changed_heads = models.JSONField("変わった署名", default=list)
    signature = models.TextField("署名", blank=True)

    class Meta:
        verbose_name = "書込みと記録の照合"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.compared_at:%Y-%m-%d} {len(self.unrecorded)}/{len(self.lost)}/{len(self.unsigned)}/{len(self.changed_heads)}"

    @property
    def differs(self) -> bool:
        return bool(self.unrecorded or self.lost or self.unsigned or self.changed_heads)


class HandedHead(models.Model):
    """A signed head as it was handed to the prefecture, kept beside the main data: outside the database that it vouches for.

    `platform_head`: the newest head of the platform's own chain at that time, as JSON with its public key. `kept_signature`: the
    application's own over the row. Whoever can inject SQL can add rows, but none with it: ask `sealing.handed`, not the table.
    A number may stand twice, or one put there by somebody else would keep out the genuine one."""

    number = models.BigIntegerField("束", db_index=True)
    head = models.TextField("見出し")
    signature = models.TextField("署名")
    public_key = models.TextField("公開鍵")
    platform_head = models.TextField("基盤の署名", blank=True, default="")
    sealed_at = models.DateTimeField("封をした日時")
    handed_at = models.DateTimeField("引き渡した日時")
    sent_to = models.TextField("送った先", blank=True)
    kept_signature = models.TextField("控えの署名", blank=True)

    class Meta:
        verbose_name = "引き渡した署名"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"第{self.number}束"

    @property
    def platform_number(self) -> int | None:
        """The number of the platform's head; None where it had none yet."""
        return int(json.loads(json.loads(self.platform_head)["head"])["number"]) if self.platform_head else None


class TrailReceiver(models.Model):
    """Where the prefecture itself receives the trail: its syslog server (RFC 5424 over TLS). At most one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    host = models.CharField("受取先の名前", max_length=200)
    port = models.PositiveIntegerField("ポート番号", default=6514)
    authority = models.TextField("受取先の証明書の発行者（PEM）")
    certificate = models.TextField("こちらの証明書（PEM）", blank=True)
    sealed_key = models.BinaryField("こちらの秘密鍵（封緘）", null=True)
    sends_events = models.BooleanField("記録も送る", default=False)
    is_active = models.BooleanField("送る", default=True)
    sent_number = models.BigIntegerField("送り終えた束", default=0)
    sent_at = models.DateTimeField("最後に送った日時", null=True)
    failure = models.TextField("最後の失敗", blank=True)
    changed_by = models.CharField("変更者", max_length=200)
    changed_at = models.DateTimeField("変更日時", auto_now=True)

    class Meta:
        verbose_name = "記録の受取先"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_receiver_of_the_trail")]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class TrailRequest(models.Model):
    """開示・訂正・利用停止の請求 (個人情報保護法76条・90条・98条) or an enquiry about the records, with its answer."""

    class Kind(models.TextChoices):
        DISCLOSURE = "disclosure", "開示請求"
        CORRECTION = "correction", "訂正請求"
        SUSPENSION = "suspension", "利用停止請求"
        ENQUIRY = "enquiry", "問合せ"

    class Decision(models.TextChoices):
        GRANTED = "granted", "全部を認める"
        PARTLY = "partly", "一部を認める"
        REFUSED = "refused", "認めない"
        ANSWERED = "answered", "回答した"

    kind = models.CharField("種類", max_length=12, choices=Kind.choices)
    received_on = models.DateField("受付日")
    subject_kind = models.CharField("対象の種類", max_length=40, blank=True)
    subject_id = models.CharField("対象", max_length=80, blank=True)
    text = models.TextField("請求・問合せの内容")
    received_by = models.CharField("受け付けた人", max_length=200)
    decision = models.CharField("決定", max_length=12, choices=Decision.choices, blank=True)
    answer = models.TextField("回答", blank=True)
    answered_on = models.DateField("回答日", null=True)
    answered_by = models.CharField("回答した人", max_length=200, blank=True)

    class Meta:
        verbose_name = "記録についての請求"
        ordering = ["-received_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision="", answered_on=None)
                | (~models.Q(decision="") & ~models.Q(answer="") & models.Q(answered_on__isnull=False)),
                name="answer_whole_or_absent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.received_on}"
