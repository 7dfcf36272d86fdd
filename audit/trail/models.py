"""The outbox: events wait here, in the schema and the transaction of the act, until the relay moves them."""

from django.db import models

from audit.trail.identifiers import uuid7


class OutboxEvent(models.Model):
    """One event on its way to the audit database. Insert-only for the login of the scope (see grants.py)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    occurred_at = models.DateTimeField("日時")
    event = models.TextField("出来事")
    actor_kind = models.TextField("操作者の種類")
    actor_id = models.TextField("操作者")
    actor_name = models.TextField("操作者名")
    actor_role = models.TextField("役割")
    terminal = models.TextField("端末")
    session = models.TextField("利用")
    job_id = models.UUIDField("処理", null=True)
    subjects = models.JSONField("対象")
    detail = models.JSONField("内容")
    allowed_by = models.TextField("許可の根拠")
    duty = models.TextField("事務コード")
    case_ref = models.TextField("案件")

    class Meta:
        verbose_name = "送信待ちの記録"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.event} {self.id}"
