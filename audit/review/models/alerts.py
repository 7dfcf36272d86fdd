"""Alerts and their way through people to an answer."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import models
from django.utils import timezone

OFFICE: Final = "（団体全体）"
"""In the place of a 職員ID: the alert is about the office, or the watch itself, and about no person."""


class Alert(models.Model):
    """検知 → 担当確認 → 管理者へ連絡 → 操作者へ照会 → 回答 → 判定 → 完了. `key` keeps one act from raising the same alert twice.

    `username` is the 職員ID of the person it is about (OFFICE: of nobody), `session` the id of that person's session record.
    """

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
    session = models.CharField("利用", max_length=36, blank=True)
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
        indexes = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["-occurred_at"], name="alert_by_time"),
            models.Index(fields=["username", "state"], name="alert_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.occurred_at:%Y-%m-%d %H:%M}"

    @property
    def is_incident_candidate(self) -> bool:
        """漏えい等事案の候補: a verdict that starts the clocks of the report to 個人情報保護委員会."""
        return self.verdict in (self.Verdict.MISUSE, self.Verdict.IMPOSTOR)

    @property
    def is_about_office(self) -> bool:
        """団体全体の警報: there is no person who could be asked, or excepted."""
        return self.username == OFFICE

    @property
    def is_overdue(self) -> bool:
        return self.due_at is not None and self.due_at < timezone.now()

    @property
    def tone(self) -> str:
        """Shape and colour of the state (web.states.Tone)."""
        if self.state in (self.State.JUDGED, self.State.CLOSED):
            return "done"
        return "attention" if self.state in (self.State.RAISED, self.State.ANSWERED) else "half"


class AlertStep(models.Model):
    """One step of the loop: who did it (`username`: 職員ID), what was written, and until when the next one is due. `verdict`: of a step
    that judges; a later one does not change it."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="steps", verbose_name="警報")
    from_state = models.CharField("前の状態", max_length=10, choices=Alert.State.choices, blank=True)
    to_state = models.CharField("状態", max_length=10, choices=Alert.State.choices)
    by = models.CharField("操作者", max_length=80)
    username = models.CharField("操作者の職員ID", max_length=60, blank=True)
    verdict = models.CharField("判定", max_length=10, choices=Alert.Verdict.choices, blank=True)
    text = models.CharField("記載", max_length=1000, blank=True)
    due_at = models.DateTimeField("次の期限", null=True, blank=True)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "警報の経過"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.to_state}"


class Reminder(models.Model):
    """督促: who was told that a term of an alert nears its end or has passed. Once for each term.

    `to` holds 職員ID, in order. A notice on their home page until the alert moves on.
    """

    class Kind(models.TextChoices):
        NEAR = "near", "期限が近い"
        ESCALATED = "escalated", "期限を過ぎた"

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="reminders", verbose_name="警報")
    kind = models.CharField("種別", max_length=10, choices=Kind.choices)
    due_at = models.DateTimeField("期限")
    to = models.JSONField("知らせた人", default=list)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "督促"
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["alert", "kind", "due_at"], name="reminder_once_a_term")]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.kind}"
