"""A job is a row: what to do, how far it is, and who holds it until when."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from audit.trail.identifiers import uuid7
from jobs.reach import why_not_taken
from jobs.states import ENDED, GIVEN_UP, State


class Job(models.Model):
    """Long work (処理). All times of lease and wake-up are the database's clock, so workers need not agree on theirs."""

    State = State

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scope = models.CharField("範囲", max_length=63)
    kind = models.CharField("種類", max_length=80)
    key = models.CharField("一意の鍵", max_length=200)
    title = models.CharField("名称", max_length=200)
    queue = models.CharField("待ち行列", max_length=20)
    args = models.JSONField("引数", default=dict)

    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.QUEUED)
    step = models.CharField("段階", max_length=200, blank=True, default="")
    done = models.PositiveBigIntegerField("済み", default=0)
    total = models.PositiveBigIntegerField("全体", null=True, blank=True)
    measured_from = models.PositiveBigIntegerField("測り始めの済み", default=0)
    measured_since = models.DateTimeField("測り始め", null=True)
    moved_at = models.DateTimeField("最後に進んだ日時", null=True)
    counts = models.JSONField("結果の件数", default=dict)
    error = models.TextField("誤り", blank=True, default="")
    error_id = models.CharField("誤りの番号", max_length=60, blank=True, default="")

    lease_token = models.UUIDField("担当の印", null=True, editable=False)
    lease_until = models.DateTimeField("担当の期限", null=True, editable=False)
    attempts = models.PositiveIntegerField("着手回数", default=0)
    failures = models.PositiveIntegerField("失敗回数", default=0)
    absences = models.PositiveIntegerField("席を外した回数", default=0)
    quiet_seconds = models.PositiveIntegerField("知らせのない秒数", default=0)
    cancel_requested = models.BooleanField("中止の求め", default=False)
    ready_at = models.DateTimeField("着手できる日時", db_default=Now())
    wakes = models.PositiveIntegerField("呼出し回数", default=0)
    next_wake_at = models.DateTimeField("次に呼び出せる日時", db_default=Now())

    created_by = models.CharField("依頼者", max_length=80)
    created_by_name = models.CharField("依頼者名", max_length=200)
    created_by_role = models.CharField("依頼者の役割", max_length=200, blank=True, default="")
    resumed_by = models.JSONField("再開した人", default=dict)
    created_at = models.DateTimeField("依頼日時", db_default=Now())
    started_at = models.DateTimeField("開始日時", null=True)
    finished_at = models.DateTimeField("終了日時", null=True)

    class Meta:
        verbose_name = "処理"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~Q(state__in=sorted(GIVEN_UP)), name="job_one_live_or_done_per_key"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="job_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.RUNNING, lease_token__isnull=False, lease_until__isnull=False)
                | (~Q(state=State.RUNNING) & Q(lease_token__isnull=True, lease_until__isnull=True)),
                name="job_lease_while_running_only",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(ENDED), finished_at__isnull=False)
                | (~Q(state__in=sorted(ENDED)) & Q(finished_at__isnull=True)),
                name="job_finished_at_when_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["next_wake_at"], condition=Q(state__in=["queued", "running"]), name="job_live"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.get_state_display()}）"

    @property
    def is_live(self) -> bool:
        """Waiting or at work."""
        return self.state not in ENDED

    @property
    def not_taken(self) -> str:
        """Why nobody has begun it, in words, when it has waited for some time; else ""."""
        waits = self.state == State.QUEUED and isinstance(
            self.ready_at, datetime
        )  # told by the database when it is read
        return why_not_taken(self.ready_at) if waits else ""


class JobEvent(models.Model):
    """One change of a job's state: the job's history (経過), kept with the job and shown to its people."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="history")
    at = models.DateTimeField("日時", db_default=Now())
    before = models.CharField("前の状態", max_length=10, blank=True)
    after = models.CharField("後の状態", max_length=10, choices=State.choices)
    attempt = models.PositiveIntegerField("着手回数")
    actor_name = models.CharField("操作者名", max_length=200)
    note = models.TextField("備考", blank=True, default="")

    class Meta:
        verbose_name = "処理の経過"
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(after__in=State.values), name="job_event_state_known")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Turn(models.Model):
    """What only one transaction of this scope may do at once (`jobs.turns.take_turn`): whoever holds the row has the turn.

    A row, and not an advisory lock of PostgreSQL: those are shared by all logins of the database, so another prefecture could
    hold ours for ever.
    """

    name = models.CharField("名称", max_length=40, primary_key=True)

    class Meta:
        verbose_name = "順番"

    def __str__(self) -> str:
        return self.name
