"""How numbers are kept: the holding mode, conflicts, approved lists, changes of the key, disposal with its proof."""

from __future__ import annotations

import uuid

from django.db import models

from domain.households.models import Member
from domain.vault.models.numbers import PersonNumber


class VaultSettings(models.Model):
    """The one row of rules of this prefecture. What the mode forbids, a trigger of the database refuses as well."""

    class Mode(models.TextChoices):
        """個人番号の保有形態 (atena.md 4.2, axis 8)."""

        HELD = "held", "保有する"
        IN_TRANSIT = "in_transit", "一時的にだけ保管する（登録の受領後に消去）"
        NEVER = "never", "保有しない"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    mode = models.CharField("保有形態", max_length=12, choices=Mode.choices, default=Mode.HELD)
    keeps_unified = models.BooleanField("保有しない場合も団体内統合宛名番号を保管する", default=False)
    needs_list = models.BooleanField("処理での利用に承認済みの対象者一覧を求める", default=True)
    transit_hours = models.PositiveSmallIntegerField("一時保管の期限（時間）", default=72)
    keep_years = models.PositiveSmallIntegerField(
        "保管年数", default=5, help_text="団体の文書管理の定めによる。仮の値。"
    )
    changed_by = models.CharField("変更者", max_length=200, blank=True)
    changed_at = models.DateTimeField("変更日時", auto_now=True)

    class Meta:
        verbose_name = "番号保管の設定"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_row_of_vault_settings"),
            models.CheckConstraint(
                condition=models.Q(transit_hours__gte=1, transit_hours__lte=336), name="transit_at_most_two_weeks"
            ),
        ]

    def __str__(self) -> str:
        return self.get_mode_display()


class SettingsChange(models.Model):
    """Other rules for the vault: proposed by one person, put in force by another. The values are those of `VaultSettings`."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "承認待ち"
        IN_FORCE = "in_force", "施行済"
        WITHDRAWN = "withdrawn", "取消"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mode = models.CharField("保有形態", max_length=12, choices=VaultSettings.Mode.choices)
    keeps_unified = models.BooleanField("保有しない場合も団体内統合宛名番号を保管する", default=False)
    needs_list = models.BooleanField("処理での利用に承認済みの対象者一覧を求める", default=True)
    keep_years = models.PositiveSmallIntegerField("保管年数")
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.CharField("起案者", max_length=150)
    proposed_at = models.DateTimeField("起案日時", auto_now_add=True)
    approved_by = models.CharField("承認者", max_length=150, blank=True)
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)

    class Meta:
        verbose_name = "番号保管の決まりの変更"
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="in_force")
                | (
                    models.Q(approved_at__isnull=False)
                    & ~models.Q(approved_by="")
                    & ~models.Q(approved_by=models.F("proposed_by"))
                ),
                name="two_people_change_the_vault",
            ),
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="proposed"), name="one_open_change_of_the_vault"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()} {self.get_state_display()}"


class NumberConflict(models.Model):
    """One number that was to be, or is, that of two people. Holds no number."""

    class Kind(models.TextChoices):
        SHARED = "shared", "同じ番号が別の人に登録されている"
        FORMER = "former", "別の人の変更前の番号と同じ"
        TOGETHER = "together", "同じ番号が一度に二人に入力された"
        UNIFIED = "unified", "同じ団体内統合宛名番号が二人に届いた"

    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name="入力された人")
    other = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name="相手")
    kind = models.CharField("種類", max_length=10, choices=Kind.choices)
    found_by = models.CharField("見つけた人", max_length=200)
    found_at = models.DateTimeField("見つけた日時", auto_now_add=True)
    settled_by = models.CharField("処理者", max_length=200, blank=True)
    settled_at = models.DateTimeField("処理日時", null=True, blank=True)
    note = models.CharField("確認の結果", max_length=400, blank=True)

    class Meta:
        verbose_name = "番号の重複"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "other", "kind"], condition=models.Q(settled_at=None), name="one_open_conflict"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.other_id} {self.kind}"


class RevealList(models.Model):
    """Whose numbers one job may open: asked for by one person, approved by another, for a few hours and one job only."""

    class State(models.TextChoices):
        ASKED = "asked", "承認待ち"
        APPROVED = "approved", "承認済"
        WITHDRAWN = "withdrawn", "取消"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    field = models.CharField("種別", max_length=20, choices=PersonNumber.Field.choices)
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.ASKED)
    duty = models.CharField("事務コード", max_length=40)
    case = models.CharField("案件", max_length=100)
    people = models.PositiveIntegerField("人数")
    digest = models.CharField("対象者のSHA-256", max_length=64)
    asked_by = models.CharField("依頼者", max_length=150)
    asked_at = models.DateTimeField("依頼日時", auto_now_add=True)
    approved_by = models.CharField("承認者", max_length=150, blank=True)
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)
    expires_at = models.DateTimeField("期限", null=True, blank=True)
    used_by = models.UUIDField("利用した処理", null=True, blank=True)
    used_at = models.DateTimeField("利用日時", null=True, blank=True)

    class Meta:
        verbose_name = "番号利用の対象者一覧"
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="approved")
                | (
                    models.Q(expires_at__isnull=False)
                    & ~models.Q(approved_by="")
                    & ~models.Q(approved_by=models.F("asked_by"))
                ),
                name="two_people_and_an_end_for_a_list",
            ),
            models.CheckConstraint(
                condition=models.Q(used_by=None) | models.Q(state="approved"), name="only_approved_lists_are_used"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RevealListMember(models.Model):
    """One person of a list."""

    list = models.ForeignKey(RevealList, models.CASCADE, related_name="lines", verbose_name="一覧")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name="構成員")

    class Meta:
        verbose_name = "対象者"
        constraints = [models.UniqueConstraint(fields=["list", "member"], name="once_on_a_list")]

    def __str__(self) -> str:
        return str(self.member_id)


class KeyRotation(models.Model):
    """A change of one key, that seals or that indexes.

    Once done it is the certificate (廃棄証明) of the old key; a trigger keeps it as it is.
    """

    class State(models.TextChoices):
        RUNNING = "running", "更新中"
        DONE = "done", "旧鍵を廃棄済"

    purpose = models.CharField("用途", max_length=60)
    old_number = models.PositiveSmallIntegerField("旧鍵の番号")
    new_number = models.PositiveSmallIntegerField("新鍵の番号")
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField("作り直した件数", default=0)
    fingerprint = models.CharField("旧鍵の指紋（包まれた鍵のSHA-256）", max_length=64, blank=True)
    started_by = models.CharField("開始者", max_length=200)
    started_at = models.DateTimeField("開始日時", auto_now_add=True)
    destroyed_at = models.DateTimeField("旧鍵の廃棄日時", null=True, blank=True)

    class Meta:
        verbose_name = "鍵の更新"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "old_number"], name="a_key_is_retired_once"),
            models.CheckConstraint(
                condition=models.Q(state="running", destroyed_at=None)
                | (models.Q(state="done", destroyed_at__isnull=False) & ~models.Q(fingerprint="")),
                name="done_with_a_certificate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.old_number} → {self.new_number}"


class PurgeRun(models.Model):
    """One disposal of numbers: frozen, approved by a second person, carried out, proved."""

    class Rule(models.TextChoices):
        LEFT = "left", "世帯を離れた人と、在籍する児童生徒のいない世帯の、保管年数が過ぎた番号"
        FORMER = "former", "使わなくなってから保管年数が過ぎた変更前の番号"
        RESTORED = "restored", "復元で戻った廃棄済みの番号"
        SHRED = "shred", "利用の終了によるすべての番号と鍵の消去"

    class State(models.TextChoices):
        PROPOSED = "proposed", "承認待ち"
        APPROVED = "approved", "廃棄中"
        DONE = "done", "廃棄済"
        WITHDRAWN = "withdrawn", "取消"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rule = models.CharField("規則", max_length=10, choices=Rule.choices)
    keep_years = models.PositiveSmallIntegerField("保管年数")
    before = models.DateField("基準日（この日より前に不要となったもの）")
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.PROPOSED)
    count = models.PositiveIntegerField("件数")
    digest = models.CharField("ハッシュ一覧のSHA-256", max_length=64)
    proposed_by = models.CharField("起案者", max_length=150)
    proposed_at = models.DateTimeField("起案日時", auto_now_add=True)
    approved_by = models.CharField("承認者", max_length=150, blank=True)
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)
    done_at = models.DateTimeField("廃棄完了日時", null=True, blank=True)

    class Meta:
        verbose_name = "番号の廃棄"
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("proposed", "withdrawn"))
                | (~models.Q(approved_by="") & ~models.Q(approved_by=models.F("proposed_by"))),
                name="two_people_dispose",
            ),
            models.UniqueConstraint(
                fields=["rule"],
                condition=models.Q(state__in=("proposed", "approved")),
                name="one_open_disposal_per_rule",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.state}"


class PurgeLine(models.Model):
    """One number to be disposed of: its row's key, and the tombstone by which it is known again after a restore."""

    run = models.ForeignKey(PurgeRun, models.PROTECT, related_name="lines", verbose_name="廃棄")
    number_id = models.BigIntegerField("番号の行")
    tombstone = models.CharField("墓標（SHA-256）", max_length=64)

    class Meta:
        verbose_name = "廃棄した番号"
        constraints = [models.UniqueConstraint(fields=["run", "number_id"], name="once_in_a_disposal")]
        indexes = [models.Index(fields=["number_id"])]

    def __str__(self) -> str:
        return self.tombstone
