"""A member as 統合宛名 knows it: one state, its history, and the lines by which it was changed there."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from domain.households.models import Member
from domain.linkage.models.exchanges import Batch


class Registration(models.Model):
    """宛名 of one member: where the way from our number to 「照会可」 stands. One row a member, also after 廃止 and return.

    `state` changes by `persons.moving.move` alone. `known`: 統合宛名 has the person under our number. `sent_as` is what it was told
    last and accepted (or is being told with the registration); `refused` what it did not accept, so that it is not sent again by
    itself. `number_row` is the id of the vault's row whose number it was told.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "番号待ち"
        VERIFIED = "verified", "番号確認済"
        REQUESTED = "requested", "付番依頼中"
        REJECTED = "rejected", "付番不可"
        REGISTERED = "registered", "付番済"
        ACQUIRING = "acquiring", "符号取得中"
        READY = "ready", "照会可"
        NUMBER_CHANGED = "number_changed", "番号変更"
        DOUBTED = "doubted", "重複疑い"
        WITHDRAWN = "withdrawn", "廃止"

    KNOWN = (State.REGISTERED, State.ACQUIRING, State.READY, State.NUMBER_CHANGED)

    member = models.OneToOneField(Member, models.PROTECT, related_name="registration", verbose_name="構成員")
    state = models.CharField("状態", max_length=16, choices=State.choices, default=State.DRAFT)
    since = models.DateTimeField("この状態になった日時", default=timezone.now)
    known = models.BooleanField("統合宛名に登録がある", default=False)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="registrations", verbose_name="送受信")
    sent_as = models.JSONField("伝えた氏名・生年月日・住所", default=dict)
    refused = models.JSONField("受け付けられなかった内容", default=dict)
    number_row = models.BigIntegerField("伝えた番号の行", null=True, blank=True)
    checked_at = models.DateTimeField("符号を最後に確かめた日時", null=True, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    updated_at = models.DateTimeField("更新日時", auto_now=True)

    class Meta:
        verbose_name = "宛名登録"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    known=True, state__in=["registered", "acquiring", "ready", "number_changed", "doubted"]
                )
                | models.Q(
                    known=False, state__in=["draft", "verified", "requested", "rejected", "withdrawn", "doubted"]
                ),
                name="known_as_the_state_says",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "since"]),
            models.Index(fields=["id"], condition=models.Q(state="verified", batch=None), name="registrations_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.state}"

    @property
    def waiting_days(self) -> int:
        """Full days in this state."""
        return (timezone.now() - self.since).days


class RegistrationStep(models.Model):
    """One change of a person's state, or an act done by hand that left it: from what, to what, why, who. Only added to."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="steps", verbose_name="宛名登録")
    from_state = models.CharField("前の状態", max_length=16, choices=Registration.State.choices)
    to_state = models.CharField("状態", max_length=16, choices=Registration.State.choices)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+", verbose_name="それまでの送受信")
    note = models.CharField("理由", max_length=400, blank=True)
    by = models.CharField("操作者", max_length=200)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "宛名登録の経過"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.from_state} → {self.to_state}"


class PersonLine(models.Model):
    """異動, 廃止 or 符号の確認 of one person, in one batch. `facts` is what the line says, and a resend says the same."""

    class Kind(models.TextChoices):
        UPDATE = "update", "異動"
        WITHDRAW = "withdraw", "廃止"
        CHECK = "check", "符号の確認"

    class Result(models.TextChoices):
        OPEN = "open", "結果待ち"
        DONE = "done", "済"
        REFUSED = "declined", "不可"

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="person_lines", verbose_name="宛名登録")
    kind = models.CharField("種別", max_length=10, choices=Kind.choices)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="person_lines", verbose_name="送受信")
    facts = models.JSONField("内容", default=dict)
    number_row = models.BigIntegerField("載せた番号の行", null=True, blank=True)
    result = models.CharField("結果", max_length=10, choices=Result.choices, default=Result.OPEN)
    reason = models.CharField("理由", max_length=200, blank=True)
    settled_at = models.DateTimeField("結果の日時", null=True, blank=True)

    class Meta:
        verbose_name = "宛名の異動・廃止・符号確認"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=models.Q(result="open"), name="one_line_under_way_per_person"
            ),
            models.UniqueConstraint(fields=["registration", "batch"], name="one_line_per_person_and_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.kind} {self.result}"
