"""A member as 統合宛名 knows it: the registration and its history."""

from __future__ import annotations

from django.db import models

from domain.households.models import Member
from domain.linkage.models.exchanges import Batch


class Registration(models.Model):
    """宛名登録 of one member: the way from our number to the 団体内統合宛名番号."""

    class State(models.TextChoices):
        WAITING = "waiting", "登録待ち"
        SENT = "sent", "登録依頼中"
        REGISTERED = "registered", "登録済"
        REJECTED = "rejected", "登録不可"

    member = models.OneToOneField(Member, models.PROTECT, related_name="registration", verbose_name="構成員")
    state = models.CharField("状態", max_length=12, choices=State.choices, default=State.WAITING)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="registrations", verbose_name="送受信")
    sent_as = models.JSONField("送信した氏名・生年月日・住所", default=dict)
    reason = models.CharField("理由", max_length=200, blank=True)
    updated_at = models.DateTimeField("更新日時", auto_now=True)

    class Meta:
        verbose_name = "宛名登録"
        indexes = [
            models.Index(fields=["state"]),
            models.Index(fields=["id"], condition=models.Q(state="waiting", batch=None), name="registrations_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.state}"


class RegistrationStep(models.Model):
    """A registration that was put back to be sent again: from what, why, and from which batch it left. Only added to."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="steps", verbose_name="宛名登録")
    from_state = models.CharField("前の状態", max_length=12, choices=Registration.State.choices)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+", verbose_name="それまでの送受信")
    note = models.CharField("理由", max_length=400)
    by = models.CharField("操作者", max_length=200)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "宛名登録の経過"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.from_state}"
