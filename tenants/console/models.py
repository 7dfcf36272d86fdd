"""What the console keeps about a prefecture (schema public): onboarding steps, adapter configurations under preparation."""

from __future__ import annotations

from django.db import models

from tenants.core.models import Prefecture


class OnboardingStep(models.Model):
    """One step of bringing a prefecture in, with its outcome; each can be run again."""

    class Name(models.TextChoices):
        REGISTER = "register", "台帳登録"
        SCHEMA = "schema", "保存領域の作成"
        MIGRATE = "migrate", "表の作成"
        LOGIN = "login", "接続権限の付与"
        KEYS = "keys", "鍵の作成"
        AUDIT = "audit", "監査記録の準備"
        SEED = "seed", "初期設定"
        SCHOOLS = "schools", "学校の登録"
        ADMINISTRATOR = "administrator", "テナント管理者の登録"

    class State(models.TextChoices):
        WAITING = "waiting", "未実施"
        RUNNING = "running", "実施中"
        DONE = "done", "完了"
        FAILED = "failed", "失敗"

    prefecture_code = models.CharField("団体コード", max_length=6)
    name = models.CharField("手順", max_length=16, choices=Name.choices)
    state = models.CharField("状態", max_length=8, choices=State.choices, default=State.WAITING)
    report = models.CharField("結果", max_length=400, blank=True)
    stated = models.JSONField("申込の内容", default=list, blank=True)
    handover = models.BinaryField("一度だけ渡す内容（暗号文）", default=b"", blank=True)
    by = models.CharField("実施者", max_length=60, blank=True)
    by_id = models.CharField("実施者の番号", max_length=40, blank=True)
    started_at = models.DateTimeField("開始", null=True, blank=True)
    ended_at = models.DateTimeField("終了", null=True, blank=True)

    class Meta:
        verbose_name = "導入手順"
        ordering = ["prefecture_code", "id"]
        constraints = [models.UniqueConstraint(fields=["prefecture_code", "name"], name="each_onboarding_step_once")]

    def __str__(self) -> str:
        return f"{self.prefecture_code} {self.name}"


class AdapterDraft(models.Model):
    """A version of a prefecture's adapter configuration as the operator writes it; secrets are sealed with the console's key."""

    class State(models.TextChoices):
        DRAFT = "draft", "作成中"
        CHECKED = "checked", "接続試験済"
        REQUESTED = "requested", "有効化待ち"
        HANDED = "handed", "団体へ反映済"
        ACTIVE = "active", "有効"
        RETIRED = "retired", "廃止"

    prefecture = models.ForeignKey(Prefecture, models.PROTECT, related_name="adapter_drafts", verbose_name="都道府県")
    version = models.PositiveIntegerField("版")
    config = models.JSONField("設定")
    secrets = models.BinaryField("秘密（暗号文）", default=b"")
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.DRAFT)
    checks = models.JSONField("接続試験の結果", default=list)
    checked_at = models.DateTimeField("接続試験日時", null=True, blank=True)
    green = models.BooleanField("接続試験に合格", default=False)
    written_by = models.CharField("作成者", max_length=60)
    valid_from = models.DateField("適用開始日", null=True, blank=True)
    activated_by = models.CharField("有効化した人", max_length=60, null=True, blank=True)  # noqa: DJ001 - null until active
    activated_at = models.DateTimeField("有効化日時", null=True, blank=True)
    retired_at = models.DateTimeField("廃止日時", null=True, blank=True)
    created_at = models.DateTimeField("作成日時", auto_now_add=True)

    class Meta:
        verbose_name = "宛名接続設定（準備）"
        ordering = ["prefecture_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["prefecture", "version"], name="one_adapter_draft_per_version"),
            models.CheckConstraint(
                condition=models.Q(activated_by=None) | ~models.Q(activated_by=models.F("written_by")),
                name="two_people_activate_an_adapter",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("requested", "handed", "active"))
                | models.Q(green=True, checked_at__isnull=False, activated_by__isnull=False, valid_from__isnull=False),
                name="only_a_green_adapter_goes_live",
            ),
            models.UniqueConstraint(
                fields=["prefecture"], condition=models.Q(state="active"), name="one_adapter_active_per_prefecture"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefecture_id} 第{self.version}版"


class AdapterTrial(models.Model):
    """One run of 接続試験 with a version: every check with its time. Kept as long as the version; nothing of a person."""

    draft = models.ForeignKey(AdapterDraft, models.PROTECT, related_name="trials", verbose_name="設定の版")
    number = models.PositiveIntegerField("回")
    results = models.JSONField("結果")
    green = models.BooleanField("合格")
    by = models.CharField("実施者", max_length=200)
    started_at = models.DateTimeField("開始日時")
    ended_at = models.DateTimeField("終了日時")
    config_digest = models.CharField("設定のSHA-256", max_length=64)

    class Meta:
        verbose_name = "接続試験"
        ordering = ["draft_id", "-number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="each_adapter_trial_once")]

    def __str__(self) -> str:
        return f"{self.draft_id} 第{self.number}回"


class BackupNote(models.Model):
    """The site said that a backup of a prefecture is finished. `taken_at`: the moment to which a restore would lead back."""

    prefecture = models.ForeignKey(Prefecture, models.CASCADE, related_name="+", verbose_name="団体")
    taken_at = models.DateTimeField("バックアップの時点")
    told_at = models.DateTimeField("記録日時", auto_now_add=True)

    class Meta:
        verbose_name = "バックアップの記録"
        ordering = ["-taken_at"]
        indexes = [models.Index(fields=["prefecture", "-taken_at"], name="newest_backup")]

    def __str__(self) -> str:
        return f"{self.prefecture_id} {self.taken_at}"
