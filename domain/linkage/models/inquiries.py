"""Items, consents, frozen lists of targets, and inquiries with their answers."""

from __future__ import annotations

from typing import TypeAlias

from django.db import models
from django.utils import timezone

from domain.households.models import Member
from domain.linkage.frozen import FrozenList, list_constraints
from domain.linkage.models.exchanges import Batch


class ItemRule(models.Model):
    """From when an item is asked, on which legal basis, and whether only with consent. A later row takes over; none is changed.

    Without a row the shipped legal basis of the day holds, the item is asked, and no consent is wanted. A row with `asked` off is
    how an item is suspended by notice (2019: 所得割 of the prefecture came back for that of the municipality).
    """

    class Kind(models.TextChoices):
        RESIDENT = "resident", "住民票関係情報"
        TAX = "tax", "地方税関係情報"
        WELFARE = "welfare", "生活保護実施関係情報"

    kind = models.CharField("照会項目", max_length=10, choices=Kind.choices)
    starts_on = models.DateField("適用開始日")
    asked = models.BooleanField("照会する", default=True)
    needs_consent = models.BooleanField("本人の同意が要る", default=False)
    basis = models.CharField("根拠", max_length=200, blank=True)
    notice = models.CharField("通知・理由", max_length=200)
    by = models.CharField("登録者", max_length=60)
    at = models.DateTimeField("登録日時", auto_now_add=True)

    class Meta:
        verbose_name = "照会項目の設定"
        ordering = ["kind", "starts_on", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on}"


class Consent(models.Model):
    """同意 of one person to one item, with its evidence. Taken back by a date, never deleted."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="consents", verbose_name="構成員")
    kind = models.CharField("照会項目", max_length=10, choices=ItemRule.Kind.choices)
    given_on = models.DateField("同意日")
    evidence = models.CharField("確かめた書類", max_length=200)
    recorded_by = models.CharField("登録者", max_length=60)
    recorded_at = models.DateTimeField("登録日時", auto_now_add=True)
    withdrawn_on = models.DateField("撤回日", null=True, blank=True)

    class Meta:
        verbose_name = "照会への同意"
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind"], condition=models.Q(withdrawn_on=None), name="one_consent_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind} {self.given_on}"


class TargetList(FrozenList):
    """照会対象一覧: who is to be asked what. A decided list and the lines of every list cannot be changed (triggers)."""

    what = "照会対象一覧"

    class Meta:
        verbose_name = "照会対象一覧"
        ordering = ["-fiscal_year", "-number"]
        constraints = list_constraints("target")


class TargetLine(models.Model):
    """One line of a list: a question, or (`spared` not empty) a question that is not asked, and why."""

    listed = models.ForeignKey(TargetList, models.PROTECT, related_name="lines", verbose_name="照会対象一覧")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name="構成員")
    kind = models.CharField("照会項目", max_length=10, choices=ItemRule.Kind.choices)
    base_date = models.DateField("基準日", null=True, blank=True)
    base_address = models.CharField("基準日の住所", max_length=240, blank=True)
    spared = models.CharField("照会しない理由", max_length=60, blank=True)

    class Meta:
        verbose_name = "照会対象"
        constraints = [
            models.UniqueConstraint(fields=["listed", "member", "kind"], name="listed_once_per_person_and_item")
        ]

    def __str__(self) -> str:
        return f"{self.listed_id} {self.member_id} {self.kind}"


class Inquiry(models.Model):
    """情報照会 of one item about one member for one year, and what became of it. Asked once, never again by accident."""

    Kind: TypeAlias = ItemRule.Kind

    class State(models.TextChoices):
        WAITING = "waiting", "照会待ち"
        SENT = "sent", "照会中"
        ANSWERED = "answered", "回答あり"
        NOT_FOUND = "not_found", "該当なし"
        NOT_DECLARED = "not_declared", "未申告"
        HELD = "held", "保留（自動応答不可）"
        REFUSED = "refused", "拒否"
        FAILED = "failed", "形式・通信エラー"
        EXPIRED = "expired", "期限切れ"

    class Match(models.TextChoices):
        """突合 of the answer with our record."""

        NONE = "none", "未実施"
        MATCHED = "matched", "一致"
        REVIEW = "review", "要確認"
        MISMATCH = "mismatch", "不一致"

    class Settlement(models.TextChoices):
        NONE = "none", "未処理"
        ACCEPTED = "accepted", "回答を採用"
        REJECTED = "rejected", "回答を不採用"
        CERTIFICATE = "certificate", "証明書で代替"

    member = models.ForeignKey(Member, models.PROTECT, related_name="inquiries", verbose_name="構成員")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("照会項目", max_length=10, choices=Kind.choices)
    base_date = models.DateField("基準日")
    base_address = models.CharField("基準日の住所", max_length=240)
    approved_list = models.ForeignKey(
        TargetList, models.PROTECT, null=True, blank=True, related_name="inquiries", verbose_name="承認した一覧"
    )
    asked = models.PositiveSmallIntegerField("照会回数", default=0)
    retryable = models.BooleanField("再送可", default=False)
    state = models.CharField("状態", max_length=14, choices=State.choices, default=State.WAITING)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="inquiries", verbose_name="送受信")
    answer = models.JSONField("回答", null=True, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    match = models.CharField("突合", max_length=10, choices=Match.choices, default=Match.NONE)
    match_detail = models.JSONField("突合の内訳", default=dict)
    settlement = models.CharField("処理", max_length=12, choices=Settlement.choices, default=Settlement.NONE)
    settled_by = models.CharField("処理者", max_length=60, blank=True)
    settled_at = models.DateTimeField("処理日時", null=True, blank=True)
    answered_at = models.DateTimeField("回答日時", null=True, blank=True)
    created_at = models.DateTimeField("作成日時", auto_now_add=True)

    class Meta:
        verbose_name = "情報照会"
        constraints = [
            models.UniqueConstraint(fields=["fiscal_year", "member", "kind"], name="asked_once_per_year_and_item"),
            models.CheckConstraint(
                condition=models.Q(batch=None) | models.Q(approved_list__isnull=False), name="sent_only_when_approved"
            ),
            models.CheckConstraint(
                condition=~(models.Q(settlement="accepted") & models.Q(match="mismatch")),
                name="mismatch_is_never_taken",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "kind"]),
            models.Index(fields=["match"]),
            models.Index(fields=["id"], condition=models.Q(state="waiting", batch=None), name="inquiries_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind} {self.state}"

    @property
    def waiting_days(self) -> int:
        """Full days since the answer (a held one: since it was held), for who looks after what waits."""
        return (timezone.now() - self.answered_at).days if self.answered_at else 0


class InquiryStep(models.Model):
    """History of an inquiry after its first answer: late answers, asking again, matching again, settlement. Only added to.

    The first two changes (sent, answered) stand in the batch, with its times.
    """

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="steps", verbose_name="情報照会")
    from_state = models.CharField("前の状態", max_length=14, choices=Inquiry.State.choices)
    to_state = models.CharField("状態", max_length=14, choices=Inquiry.State.choices)
    match = models.CharField("突合", max_length=10, choices=Inquiry.Match.choices)
    settlement = models.CharField("処理", max_length=12, choices=Inquiry.Settlement.choices)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, verbose_name="それまでの送受信")
    note = models.CharField("理由", max_length=400, blank=True)
    by = models.CharField("操作者", max_length=200)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "情報照会の経過"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.from_state} → {self.to_state}"
