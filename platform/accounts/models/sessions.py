"""Sessions as the product sees them: from the verified one-time password to log-out, time-out or replacement."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class EndReason(models.TextChoices):
    LOGOUT = "logout", "ログアウト"
    IDLE = "idle", "無操作"
    ABSOLUTE = "absolute", "上限時間"
    REPLACED = "replaced", "別の端末でのログイン"
    TERMINAL = "terminal", "端末の変化"
    SCOPE = "scope", "他団体での使用"
    DISABLED = "disabled", "利用者の停止・期間外"
    ROLE = "role", "役割の変更"
    FACTOR = "factor", "認証器の変更"
    WINDOW = "window", "立入りの終了"
    ADMIN = "admin", "管理者による終了"
    DISOWNED = "disowned", "本人でないとの申出"


class SessionRecord(models.Model):
    """One log-in of one person. At most one is live (a constraint says so); the row stays when it has ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        "accounts.User", verbose_name="利用者", on_delete=models.CASCADE, related_name="session_records"
    )
    terminal = models.CharField("端末", max_length=16)
    address = models.GenericIPAddressField("接続元", null=True, blank=True)
    agent = models.CharField("ブラウザ", max_length=200, blank=True)
    method = models.CharField("認証方法", max_length=10)
    failures_before = models.PositiveIntegerField("前回のログイン後の失敗", default=0)
    started_at = models.DateTimeField("開始")
    last_seen_at = models.DateTimeField("最終操作")
    ended_at = models.DateTimeField("終了", null=True, blank=True)
    end_reason = models.CharField("終了の理由", max_length=10, choices=EndReason.choices, blank=True)
    revealed = models.JSONField("再認証後に番号を表示した人", default=list)
    disowned_at = models.DateTimeField("本人でないとの申出", null=True, blank=True)

    class Meta:
        verbose_name = "セッション"
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at=None), name="one_live_session_per_person")
        ]
        indexes = [
            models.Index(fields=["user", "-started_at"], name="session_by_person"),
            models.Index(fields=["user", "terminal"], name="session_by_terminal"),
        ]

    def __str__(self) -> str:
        return f"{self.terminal} {self.started_at:%Y-%m-%d %H:%M}"
