"""副本 as the other side holds it, the frozen lists by which it is changed, and the rules of providing."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from domain.households.models import Member
from domain.linkage.frozen import FrozenList, list_constraints
from domain.linkage.models.exchanges import Batch


class ProvisionRule(models.Model):
    """From when copies are provided, on which legal basis, and how inquiries that need a clerk are answered. None is changed.

    Without a row the shipped legal basis of the day holds, nothing is provided, and two people answer. The figures are the
    prefecture's own: none is published (未確認). One that switches providing off, or on again, holds when another person approved it.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "承認待ち"
        IN_FORCE = "in_force", "登録済"
        WITHDRAWN = "withdrawn", "取下げ"

    starts_on = models.DateField("適用開始日")
    provided = models.BooleanField("副本を登録する", default=False)
    two_people_answer = models.BooleanField("保留の回答を別の人が承認する", default=True)
    answer_days = models.PositiveSmallIntegerField("保留に回答する期限（日）", default=3)
    record_years = models.PositiveSmallIntegerField("情報提供等記録の保存年数", default=7)
    basis = models.CharField("根拠", max_length=200, blank=True)
    notice = models.CharField("通知・理由", max_length=200)
    by = models.CharField("登録者", max_length=60)
    at = models.DateTimeField("登録日時", auto_now_add=True)
    switches = models.BooleanField("別の人の承認が要る", default=False)
    state = models.CharField("状態", max_length=9, choices=State.choices, default=State.IN_FORCE)
    approved_by = models.CharField("承認者", max_length=60, null=True, blank=True)  # noqa: DJ001 - null: nobody approved
    decided_at = models.DateTimeField("決定日時", null=True, blank=True)
    reason = models.CharField("取下げの理由", max_length=400, blank=True)

    class Meta:
        verbose_name = "情報提供の設定"
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="in_force", switches=True)
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("by"))),
                name="two_people_switch_providing",
            ),
            models.UniqueConstraint(fields=["state"], condition=Q(state="proposed"), name="one_switch_waits"),
            models.CheckConstraint(condition=Q(answer_days__gte=1, answer_days__lte=60), name="answer_within_days"),
            models.CheckConstraint(condition=Q(record_years__gte=7), name="records_are_kept_seven_years"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on}"


class Copy(models.Model):
    """副本 of one pupil and fiscal year: what the other side accepted last, and nothing that was merely sent. Amount in 円・年額.

    `amount` null: the other side holds none (never added, or deleted).
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="copies", verbose_name="構成員")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    record_number = models.CharField("副本番号", max_length=40, blank=True)
    amount = models.BigIntegerField("支給額（円）", null=True, blank=True)
    period_from = models.DateField("支給期間の開始日", null=True, blank=True)
    period_to = models.DateField("支給期間の終了日", null=True, blank=True)
    accepted_at = models.DateTimeField("受理日時", null=True, blank=True)

    class Meta:
        verbose_name = "副本"
        constraints = [
            models.UniqueConstraint(fields=["member", "fiscal_year"], name="one_copy_per_person_and_year"),
            models.UniqueConstraint(
                fields=["record_number"], condition=~Q(record_number=""), name="one_copy_per_record_number"
            ),
            models.CheckConstraint(
                condition=Q(
                    amount__isnull=False, period_from__isnull=False, period_to__isnull=False, accepted_at__isnull=False
                )
                | Q(amount=None, period_from=None, period_to=None, accepted_at=None, record_number=""),
                name="copy_is_held_whole_or_not_at_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.fiscal_year}"


class CopyList(FrozenList):
    """副本登録一覧: which copies are to be added, changed, deleted. Frozen like 照会対象一覧."""

    what = "副本登録一覧"

    class Meta:
        verbose_name = "副本登録一覧"
        ordering = ["-fiscal_year", "-number"]
        constraints = list_constraints("copy")


class DeletionReport(models.Model):
    """端末での削除の報告: one person says that copies were deleted at the terminal of 中間サーバー; another one confirms it.

    Until then the lines stay as they are: what nobody looked at again is not taken for deleted. `size`: how many lines.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "確認待ち"
        CONFIRMED = "confirmed", "確認済"
        WITHDRAWN = "withdrawn", "取下げ"

    listed = models.ForeignKey(CopyList, models.PROTECT, related_name="deletions", verbose_name="副本登録一覧")
    size = models.PositiveIntegerField("件数")
    note = models.CharField("端末での削除の記録", max_length=400)
    by = models.CharField("報告者", max_length=60)
    at = models.DateTimeField("報告日時", auto_now_add=True)
    state = models.CharField("状態", max_length=9, choices=State.choices, default=State.PROPOSED)
    confirmed_by = models.CharField("確認者", max_length=60, null=True, blank=True)  # noqa: DJ001 - null: nobody confirmed
    decided_at = models.DateTimeField("決定日時", null=True, blank=True)
    reason = models.CharField("取下げの理由", max_length=400, blank=True)

    class Meta:
        verbose_name = "端末での削除の報告"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="confirmed") | (Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("by"))),
                name="two_people_delete_at_the_terminal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listed_id} {self.size} {self.state}"


class CopyLine(models.Model):
    """One act on one copy. Its content never changes (trigger), and it is sent only by an approved list (trigger).

    A copy has at most one line that is under way, so nothing overtakes anything.
    """

    class Act(models.TextChoices):
        ADD = "add", "追加"
        CHANGE = "change", "変更"
        DELETE = "delete", "削除"

    class Cause(models.TextChoices):
        PAID = "paid", "支給"
        MORE = "more", "追給"
        LESS = "less", "戻入・減額"
        PERIOD = "period", "支給期間の変更"
        NOTHING = "nothing", "支給額がなくなった"
        PURGED = "purged", "個人番号の廃棄"
        EXPIRED = "expired", "保管年数の経過"
        STOPPED = "stopped", "副本を登録しない設定"

    class State(models.TextChoices):
        WAITING = "waiting", "送信待ち"
        SENT = "sent", "登録依頼中"
        ACCEPTED = "accepted", "登録済"
        REFUSED = "refused", "登録不可"
        UNKNOWN = "unknown", "結果不明"
        DROPPED = "dropped", "取りやめ"

    UNDER_WAY = (State.WAITING, State.SENT, State.UNKNOWN)

    listed = models.ForeignKey(CopyList, models.PROTECT, related_name="lines", verbose_name="副本登録一覧")
    copy = models.ForeignKey(Copy, models.PROTECT, related_name="lines", verbose_name="副本")
    act = models.CharField("異動区分", max_length=6, choices=Act.choices)
    cause = models.CharField("事由", max_length=8, choices=Cause.choices)
    amount = models.BigIntegerField("支給額（円）")
    period_from = models.DateField("支給期間の開始日")
    period_to = models.DateField("支給期間の終了日")
    record_number = models.CharField("副本番号", max_length=40, blank=True)
    state = models.CharField("状態", max_length=8, choices=State.choices, default=State.WAITING)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="copy_lines", verbose_name="送受信")
    reason = models.CharField("理由", max_length=200, blank=True)
    corrected = models.BooleanField("直したので再送する", default=False)
    report = models.ForeignKey(
        DeletionReport, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name="端末での削除の報告"
    )

    class Meta:
        verbose_name = "副本登録の明細"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["copy"],
                condition=Q(state__in=["waiting", "sent", "unknown"]),
                name="one_line_of_a_copy_under_way",
            ),
            models.CheckConstraint(condition=Q(period_from__lte=F("period_to")), name="copy_period_in_order"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="copied_amount_is_not_negative"),
            models.CheckConstraint(condition=Q(corrected=False) | Q(state="refused"), name="only_refused_is_corrected"),
        ]
        indexes = [
            models.Index(fields=["state"]),
            models.Index(fields=["id"], condition=Q(state="waiting", batch=None), name="copies_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.copy_id} {self.act} {self.state}"


class CopyStep(models.Model):
    """History of a line: every change of its state, by whom and why. Only added to."""

    line = models.ForeignKey(CopyLine, models.PROTECT, related_name="steps", verbose_name="明細")
    from_state = models.CharField("前の状態", max_length=8, choices=CopyLine.State.choices)
    to_state = models.CharField("状態", max_length=8, choices=CopyLine.State.choices)
    note = models.CharField("理由", max_length=400, blank=True)
    by = models.CharField("操作者", max_length=200)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "副本登録の経過"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.line_id} {self.from_state} → {self.to_state}"
