"""Alerts and their way through people to an answer."""

from __future__ import annotations

import uuid

from django.db import models


class Alert(models.Model):
    """検知 → 担当確認 → 連絡 → 照会 → 回答 → 判定 → 完了. `key` keeps one act from raising the same alert twice."""

    class State(models.TextChoices):
        RAISED = "raised", "検知"
        CHECKING = "checking", "担当確認"
        NOTIFIED = "notified", "管理者へ連絡"
        ASKED = "asked", "操作者へ照会"
        ANSWERED = "answered", "回答あり"
        JUDGED = "judged", "判定済"
        CLOSED = "closed", "完了"

    class Verdict(models.TextChoices):
        REGULAR = "regular", "正当・恒常"
        ONCE = "once", "正当・臨時"
        MISTAKE = "mistake", "誤操作"
        MISUSE = "misuse", "目的外の疑い"
        IMPOSTOR = "impostor", "なりすましの疑い"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField("鍵", max_length=160, unique=True)
    rule = models.CharField("規則", max_length=60)
    username = models.CharField("操作者", max_length=60)
    occurred_at = models.DateTimeField("発生日時")
    sentence = models.CharField("内容", max_length=400)
    detail = models.JSONField("根拠", default=dict)
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.RAISED)
    verdict = models.CharField("判定", max_length=10, choices=Verdict.choices, blank=True)
    due_at = models.DateTimeField("期限", null=True, blank=True)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    class Meta:
        verbose_name = "警報"
        ordering = ["-occurred_at"]
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"{self.rule} {self.occurred_at:%Y-%m-%d %H:%M}"


class AlertStep(models.Model):
    """One step of the loop: who did it, what was written."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="steps", verbose_name="警報")
    from_state = models.CharField("前の状態", max_length=10, choices=Alert.State.choices, blank=True)
    to_state = models.CharField("状態", max_length=10, choices=Alert.State.choices)
    by = models.CharField("操作者", max_length=60)
    text = models.CharField("記載", max_length=1000, blank=True)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "警報の経過"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.to_state}"
