"""追給・戻入 as they are kept with the 支給回 that carries them. 円"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q

from domain.households.models import Pupil
from domain.payments.causes import Cause


def adds_up() -> Func:
    """`ledgers` holds whole 円 by 会計区分 that add up to `total`; the function comes with the first migration."""
    return Func(F("ledgers"), F("total"), function="ledgers_add_up", output_field=models.BooleanField())


class Adjustment(models.Model):
    """追給・戻入 that a round carries: what an earlier approved round paid too little or too much of an item in a month.

    `spent`: 使用額 that no earlier line shows. `total` 0: only the 会計区分 changes. `net`: what all differences of the child
    in this round come to, at whichever school. `applied`: counted in this round, all of a child or none, in the payment of
    the enrolment `counted_at` (`calculation.placing`), which may be at another school. A net return is
    never applied without an officer's act (`accepted_by`), nor below a payment of 0.
    """

    class State(models.TextChoices):
        DUE = "due", "追給"
        OPEN = "open", "戻入（未処理）"
        OFFSET = "offset", "戻入（追給と差引き）"
        ACCEPTED = "accepted", "戻入（差引き決定）"

    round = models.ForeignKey(
        "payments.PaymentRound", models.CASCADE, related_name="adjustments", verbose_name="支給回"
    )
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="adjustments", verbose_name="児童生徒")
    run = models.PositiveIntegerField("計算の回")
    item = models.CharField("経費項目", max_length=40)
    month = models.DateField("月")
    spent = models.BigIntegerField("使用額の差（円）", default=0)
    ledgers = models.JSONField("会計区分ごとの額（円）", default=dict)
    total = models.BigIntegerField("額（円）")
    net = models.BigIntegerField("児童生徒の差引き（円）")
    state = models.CharField("状態", max_length=8, choices=State.choices)
    standing = models.CharField("根拠の確かさ", max_length=20, blank=True)
    applied = models.BooleanField("今回の支給に反映", default=False)
    counted_at = models.ForeignKey(
        Pupil,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="counted_adjustments",
        verbose_name="支給に入れた在籍",
    )
    causes = ArrayField(models.CharField(max_length=12, choices=Cause.choices), verbose_name="原因")
    reason = models.CharField("差引きの理由", max_length=100, blank=True)
    accepted_by = models.CharField("差引きを決めた者", max_length=200, blank=True)
    accepted_at = models.DateTimeField("差引きを決めた日時", null=True, blank=True)

    class Meta:
        verbose_name = "追給・戻入"
        ordering = ["pupil_id", "month", "item"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "pupil", "item", "month"], name="one_adjustment_per_item_and_month"
            ),
            models.CheckConstraint(condition=adds_up(), name="ledgers_add_up_to_adjustment"),
            models.CheckConstraint(condition=Q(state="due") ^ Q(total__lt=0), name="only_too_much_is_returned"),
            models.CheckConstraint(
                condition=(Q(applied=False) | Q(net__gte=0) | ~Q(accepted_by=""))
                & (~Q(state="accepted") | ~Q(accepted_by="")),
                name="nothing_is_returned_without_an_act",
            ),
            models.CheckConstraint(
                condition=Q(applied=True) ^ Q(counted_at__isnull=True), name="what_is_applied_is_counted_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(state="due") | (Q(state="offset") ^ Q(net__lt=0)), name="what_waits_is_too_much_in_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.pupil_id} {self.item} {self.month:%Y-%m}"
