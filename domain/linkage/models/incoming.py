"""Inquiries of other bodies that a clerk must answer (自動応答不可), and 情報提供等記録 of both sides (番号法23条)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from domain.households.models import Member
from domain.linkage.models.exchanges import Batch


class HeldInquiry(models.Model):
    """保留された照会: what another body asks about one of our copies, until a clerk's answer was taken. Answered once."""

    class State(models.TextChoices):
        WAITING = "waiting", "回答待ち"
        PROPOSED = "proposed", "承認待ち"
        READY = "ready", "送信待ち"
        SENT = "sent", "回答送信中"
        ANSWERED = "answered", "回答済"
        REFUSED = "refused", "回答不可"

    class Decision(models.TextChoices):
        NONE = "", "未定"
        RELEASE = "release", "提供する"
        REFUSE = "refuse", "提供しない"

    entry = models.CharField("記録番号", max_length=60, unique=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="held_inquiries", verbose_name="構成員")
    party = models.CharField("照会した機関", max_length=120)
    item = models.CharField("情報の項目", max_length=200)
    record_number = models.CharField("副本番号", max_length=40, blank=True)
    asked_at = models.DateTimeField("照会日時")
    due_on = models.DateField("回答の期限")
    state = models.CharField("状態", max_length=8, choices=State.choices, default=State.WAITING)
    decision = models.CharField("回答", max_length=8, choices=Decision.choices, blank=True)
    note = models.CharField("理由", max_length=100, blank=True)
    proposed_by = models.CharField("回答した者", max_length=60, blank=True)
    approved_by = models.CharField("承認者", max_length=60, null=True, blank=True)  # noqa: DJ001 - null: one person is enough
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="held_inquiries", verbose_name="送受信")
    reason = models.CharField("相手の理由", max_length=200, blank=True)
    received_at = models.DateTimeField("受領日時", auto_now_add=True)

    class Meta:
        verbose_name = "保留された照会"
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="two_people_answer"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decision="", batch=None) | (~Q(decision="") & ~Q(proposed_by="")),
                name="answer_says_what_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(batch=None) | Q(state__in=["ready", "sent", "answered", "refused"]),
                name="only_decided_answers_are_sent",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"])]

    def __str__(self) -> str:
        return f"{self.entry} {self.state}"


class HeldStep(models.Model):
    """History of a held inquiry. Only added to."""

    inquiry = models.ForeignKey(HeldInquiry, models.PROTECT, related_name="steps", verbose_name="保留された照会")
    to_state = models.CharField("状態", max_length=8, choices=HeldInquiry.State.choices)
    note = models.CharField("内容", max_length=200, blank=True)
    by = models.CharField("操作者", max_length=200)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "保留された照会の経過"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.to_state}"


class ExchangeRecord(models.Model):
    """情報提供等記録: who asked whom about what, when, and when it was provided. Kept as told; a trigger keeps it as it is."""

    entry = models.CharField("記録番号", max_length=120)
    provided = models.BooleanField("提供側の記録")
    member = models.ForeignKey(Member, models.PROTECT, related_name="exchange_records", verbose_name="構成員")
    party = models.CharField("相手機関", max_length=120)
    item = models.CharField("情報の項目", max_length=200)
    asked_at = models.DateTimeField("照会日時")
    provided_at = models.DateTimeField("提供日時", null=True, blank=True)
    keep_until = models.DateField("保存期限")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="exchange_records", verbose_name="送受信")

    class Meta:
        verbose_name = "情報提供等記録"
        ordering = ["-asked_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["entry", "provided"], name="recorded_once_per_side")]
        indexes = [models.Index(fields=["asked_at"]), models.Index(fields=["member", "asked_at"])]

    def __str__(self) -> str:
        return self.entry


class ListRefusal(models.Model):
    """一覧 that the other side did not give. Stands until it is ended: by a person who asks again, or (not `final`) by the list itself."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="list_refusals", verbose_name="送受信")
    kind = models.CharField("一覧の種類", max_length=10)
    final = models.BooleanField("断られた")
    whole = models.BooleanField("以後の一覧も")
    """Refused for the last days, so nothing of the kind is asked for; else only the days of its batch."""
    reason = models.CharField("相手の理由", max_length=200)
    adapter_version = models.PositiveIntegerField("設定の版")
    times = models.PositiveIntegerField("回数", default=1)
    """How often it came so, with this reason. One refused for good is not asked for again, so once."""
    at = models.DateTimeField("日時", auto_now_add=True)
    last_at = models.DateTimeField("最後の日時", auto_now_add=True)
    ended_at = models.DateTimeField("終わった日時", null=True, blank=True)
    ended_by = models.CharField("終わらせた者", max_length=200, blank=True)

    class Meta:
        verbose_name = "受け取れなかった一覧"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["batch", "kind"], name="not_given_once_per_batch_and_list")]
        indexes = [models.Index(fields=["kind"], condition=Q(ended_at=None), name="lists_not_given")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
