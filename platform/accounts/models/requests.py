"""Account requests (利用者の申請): what one person asks for, and another approves.

On somebody's account, on the places where numbers may be handled, and for the vendor's entry.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import F, Q

CODE_MAY_WAIT: Final = timedelta(hours=24)
"""An approved 利用開始コード must be issued within this time."""


class AccountRequest(models.Model):
    """One request. `content` holds what will be done, in the words of the service that does it; never a number or secret.

    `same_as` is equal for requests of which only one waits at a time, however often and at once it is asked for.
    """

    class Kind(models.TextChoices):
        PERSON = "person", "新しい利用者"
        ROLE = "role", "役割の付与"
        CODE = "code", "利用開始コードの再発行"
        PLACE = "place", "番号を扱う場所の登録"
        PLACE_END = "place_end", "番号を扱う場所の登録の取消し"
        VENDOR = "vendor", "運用事業者の立入り"
        SECTION = "section", "係・担当の受持ち校"

    class State(models.TextChoices):
        WAITING = "waiting", "承認待ち"
        APPROVED = "approved", "承認"
        DIRECT = "direct", "二人目がいない間の登録"
        REFUSED = "refused", "却下"
        WITHDRAWN = "withdrawn", "取下げ"

    kind = models.CharField("種類", max_length=10, choices=Kind.choices)
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.WAITING)
    user = models.ForeignKey(
        "accounts.User",
        verbose_name="対象の利用者",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="account_requests",
    )
    content = models.JSONField("内容", default=dict)
    same_as = models.CharField("何の申請か（要約値）", max_length=64, blank=True)
    asked_by = models.CharField("申請した人", max_length=40)
    asked_at = models.DateTimeField("申請日時")
    decided_by = models.CharField("承認・却下した人", max_length=40, blank=True)
    decided_at = models.DateTimeField("承認・却下の日時", null=True, blank=True)
    used_at = models.DateTimeField("コードの発行日時", null=True, blank=True)

    class Meta:
        verbose_name = "利用者の申請"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused"]) | (~Q(decided_by="") & ~Q(decided_by=F("asked_by"))),
                name="account_request_two_people",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(kind="code", state="waiting"), name="one_waiting_code_request_per_person"
            ),
            models.UniqueConstraint(
                fields=["same_as"],
                condition=Q(state="waiting") & ~Q(same_as=""),
                name="one_waiting_request_of_the_same",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.asked_by}"

    def is_good_for_a_code(self, now: datetime) -> bool:
        """Approved, not used yet, and not older than CODE_MAY_WAIT."""
        approved = self.kind == self.Kind.CODE and self.state in (self.State.APPROVED, self.State.DIRECT)
        return approved and self.used_at is None and bool(self.decided_at and now - self.decided_at < CODE_MAY_WAIT)


class DutyAcknowledgement(models.Model):
    """誓約: a person has read the duties and penalties and will keep them. Good for a year, for this text alone."""

    user = models.ForeignKey(
        "accounts.User", verbose_name="利用者", on_delete=models.CASCADE, related_name="acknowledgements"
    )
    digest = models.CharField("文面の要約値", max_length=64)
    acknowledged_at = models.DateTimeField("誓約した日時")

    class Meta:
        verbose_name = "義務と罰則の確認"
        ordering = ["-acknowledged_at"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.acknowledged_at:%Y-%m-%d}"
