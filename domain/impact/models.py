"""Results only: nothing here decides or pays. A run's rows go with its draft, or when its term is over. All amounts in 円."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from domain.households.models import Pupil
from domain.payments.models import PaymentRound, PupilPayment
from domain.rules.impact import Direction, Place
from domain.rules.replaying import Outcome
from domain.statements.models import Computation, Statement
from domain.yearpacks.models import Revision

PLACES = [(each.value, each.label) for each in Place]


class ImpactRun(models.Model):
    """One run. `plans`: per fiscal year the packs that were compared, with their digests once computed.

    `revision`: the board's revision that was tried (none: a shipped pack, or what is in force). `summary`: counts and sums in
    the form of `domain.rules.impact.summary_json`; `problems`: years or packs that could not be computed, in words.
    """

    class Mode(models.TextChoices):
        CATEGORIES = "categories", "区分と支給額の影響試算"
        PAYMENTS = "payments", "支給の再計算"

    mode = models.CharField("種類", max_length=10, choices=Mode.choices)
    title = models.CharField("名称", max_length=200)
    plans = models.JSONField("比べる年度定義", default=list)
    revision = models.ForeignKey(
        Revision, models.CASCADE, null=True, blank=True, related_name="impact_runs", verbose_name="改訂"
    )
    summary = models.JSONField("結果", default=dict)
    problems = models.JSONField("計算できなかったもの", default=list)
    asked_by = models.CharField("実行した人", max_length=200)
    created_at = models.DateTimeField("依頼日時", auto_now_add=True)
    finished_at = models.DateTimeField("終了日時", null=True, blank=True)
    expires_on = models.DateField("保存期限")

    class Meta:
        verbose_name = "影響試算"
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.title


class ImpactMover(models.Model):
    """A household whose 支弁区分, or a pupil's, would change. Incomes and needs are 年額; `reason` is in words."""

    run = models.ForeignKey(ImpactRun, models.CASCADE, related_name="movers", verbose_name="影響試算")
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="+", verbose_name="調書")
    school_code = models.CharField("学校コード", max_length=20)
    before = models.CharField("今の区分", max_length=8, choices=PLACES)
    after = models.CharField("試算の区分", max_length=8, choices=PLACES)
    direction = models.CharField("方向", max_length=4, choices=[(each.value, each.label) for each in Direction])
    income_before = models.BigIntegerField("今の収入額（円・年額）", null=True)
    income_after = models.BigIntegerField("試算の収入額（円・年額）", null=True)
    need_before = models.CharField("今の需要額（円・年額）", max_length=40, blank=True)
    need_after = models.CharField("試算の需要額（円・年額）", max_length=40, blank=True)
    reason = models.TextField("理由")
    detail = models.JSONField("内訳", default=dict)
    paid_before = models.BigIntegerField("今の支給額（円）")
    paid_after = models.BigIntegerField("試算の支給額（円）")

    class Meta:
        verbose_name = "区分が変わる世帯"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "statement"], name="one_mover_per_run_and_statement")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.statement_id}"

    @property
    def paid_difference(self) -> int:
        """円 a year; more is positive."""
        return self.paid_after - self.paid_before


class ImpactPayment(models.Model):
    """One pupil's payment of one item and ledger that would change, in a year or (支給の再計算) in a released round.

    `adjusted`: what later released rounds already carried of that round as 追給 or took back as 戻入.
    """

    run = models.ForeignKey(ImpactRun, models.CASCADE, related_name="payments", verbose_name="影響試算")
    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="+", verbose_name="児童生徒")
    round = models.ForeignKey(
        PaymentRound, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="支給回"
    )
    fiscal_year = models.PositiveSmallIntegerField("年度")
    school_code = models.CharField("学校コード", max_length=20)
    item = models.CharField("経費項目", max_length=40)
    ledger = models.CharField("会計区分", max_length=40)
    before = models.BigIntegerField("今の額（円）")
    after = models.BigIntegerField("試算の額（円）")
    adjusted = models.BigIntegerField("追給・戻入済みの額（円）", default=0)

    class Meta:
        verbose_name = "支給額が変わる児童生徒"
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(before=models.F("after")), name="impact_payment_differs")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.pupil_id} {self.item}"


class ReplayNight(models.Model):
    """再計算照合 of one day: every stored receipt of determinations and payments recomputed. `stage` and `reached` say how
    far it came, so that a night that was cut off goes on where it stopped."""

    class Stage(models.TextChoices):
        DETERMINATIONS = "determinations", "支弁区分決定"
        PAYMENTS = "payments", "支給"
        DONE = "done", "終了"

    day = models.DateField("日", unique=True)
    stage = models.CharField("段階", max_length=14, choices=Stage.choices, default=Stage.DETERMINATIONS)
    reached = models.BigIntegerField("済んだところ", default=0)
    checked = models.PositiveIntegerField("照合した計算書", default=0)
    same = models.PositiveIntegerField("一致", default=0)
    different = models.PositiveIntegerField("差異あり", default=0)
    pack_changed = models.PositiveIntegerField("年度定義が当時と違う", default=0)
    broken = models.PositiveIntegerField("書き換えられている", default=0)
    unreadable = models.PositiveIntegerField("読めない", default=0)
    started_at = models.DateTimeField("開始日時", auto_now_add=True)
    finished_at = models.DateTimeField("終了日時", null=True, blank=True)

    class Meta:
        verbose_name = "再計算照合"
        ordering = ["-day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    checked=models.F("same")
                    + models.F("different")
                    + models.F("pack_changed")
                    + models.F("broken")
                    + models.F("unreadable")
                ),
                name="replay_counts_add_up",
            )
        ]

    def __str__(self) -> str:
        return str(self.day)

    @property
    def found(self) -> int:
        """Receipts that did not come out the same."""
        return self.checked - self.same


class ReplayFinding(models.Model):
    """A receipt that did not come out the same: of a determination's computation, or of a pupil's payment."""

    night = models.ForeignKey(ReplayNight, models.CASCADE, related_name="findings", verbose_name="再計算照合")
    computation = models.ForeignKey(
        Computation, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="算定"
    )
    payment = models.ForeignKey(
        PupilPayment, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="個人別支給"
    )
    outcome = models.CharField("結果", max_length=12, choices=[(each.value, each.label) for each in Outcome])
    yen = models.BigIntegerField("最大の差（円）", null=True, blank=True)
    differences = models.JSONField("違うところ", default=list)
    message = models.CharField("説明", max_length=400, blank=True)

    class Meta:
        verbose_name = "再計算照合の差異"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(computation__isnull=True, payment__isnull=False)
                | Q(computation__isnull=False, payment__isnull=True),
                name="finding_is_of_one_receipt",
            )
        ]

    def __str__(self) -> str:
        return f"{self.night_id} {self.outcome}"
