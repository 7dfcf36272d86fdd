"""支給: expenses, rounds, what each pupil gets by item, month and ledger, and the transfers. All amounts in 円."""

from __future__ import annotations

import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from domain.households.models import Household, Pupil, School
from domain.households.received import LEFT_OUT, ReceivedFile
from domain.payments.causes import Cause
from domain.payments.models_adjustment import Adjustment as Adjustment
from domain.payments.models_adjustment import adds_up
from domain.payments.models_late import LateChange as LateChange
from domain.payments.models_outside import OutsideGrant as OutsideGrant
from domain.payments.models_payer import PayerAccount as PayerAccount

ONLY_DIFFERENCES = "追給・戻入"


class ExpenseImport(ReceivedFile):
    """One workbook of expenses. `problems`: findings as plain values, in row order.

    After a roster was put right the file may be read again: rows that are registered stay.
    """

    school = models.ForeignKey(School, models.PROTECT, related_name="expense_imports", verbose_name="学校")
    problems = models.JSONField("問題", default=list)

    class Meta(ReceivedFile.Meta):
        abstract = False
        verbose_name = "経費取込"
        constraints = [models.UniqueConstraint(fields=["school", "digest"], name="one_import_per_expense_file")]

    @property
    def waiting(self) -> int:
        """Rows that were left out: they wait until the file, or one that brings them, is read."""
        return sum(self.counts.get(kind, 0) for kind in LEFT_OUT)


class Expense(models.Model):
    """使用経費: one receipt. `evidence` (証憑番号) is unique in a school and year, so a receipt counts once.

    `item` is a code of the rules; `trip` the number of the return (帰省) or journey; `purpose` the rate line of an
    attendant's fare. 自家用車: `car_metres` of one leg (片道), on `car_days`, `car_legs` a day; then the amount is 0 and follows
    from the year's unit price. `received`: 円 another scheme paid of it. `before_entry`: bought before the pupil entered.
    """

    class Purpose(models.TextChoices):
        NONE = "", "―"
        ACCOMPANYING = "accompanying", "付添中"
        FETCHING = "fetching", "付添いのため"

    school = models.ForeignKey(School, models.PROTECT, related_name="expenses", verbose_name="学校")
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="expenses", verbose_name="児童生徒")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    item = models.CharField("経費項目", max_length=40)
    used_on = models.DateField("使用日")
    amount = models.PositiveIntegerField("金額（円）")
    times = models.PositiveSmallIntegerField("回数", null=True, blank=True)
    trip = models.PositiveSmallIntegerField("何回目", null=True, blank=True)
    purpose = models.CharField("付添の別", max_length=12, choices=Purpose.choices, blank=True)
    car_metres = models.PositiveIntegerField("自家用車の片道の距離（m）", null=True, blank=True)
    car_days = models.PositiveSmallIntegerField("自家用車の日数", null=True, blank=True)
    car_legs = models.PositiveSmallIntegerField("自家用車の1日の片道の回数", null=True, blank=True)
    received = models.PositiveIntegerField("他の制度の支給額（円）", default=0)
    before_entry = models.BooleanField("就学前の購入", default=False)
    evidence = models.CharField("証憑番号", max_length=40)
    note = models.CharField("備考", max_length=100, blank=True)
    imported = models.ForeignKey(ExpenseImport, models.PROTECT, null=True, blank=True, verbose_name="経費取込")
    created_by = models.CharField("登録者", max_length=200)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)
    updated_at = models.DateTimeField("更新日時", auto_now=True)

    class Meta:
        verbose_name = "使用経費"
        ordering = ["pupil_id", "used_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["school", "fiscal_year", "evidence"], name="one_expense_per_evidence"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, car_metres=None, car_days=None, car_legs=None)
                | Q(amount=0, car_metres__isnull=False, car_days__isnull=False, car_legs__isnull=False)
                & Q(car_metres__gt=0, car_days__gt=0, car_legs__gt=0),
                name="expense_is_positive",
            ),
        ]
        indexes = [models.Index(fields=["fiscal_year", "used_on"])]

    def __str__(self) -> str:
        return self.evidence

    @property
    def counts_on(self) -> datetime.date:
        """The day that says which 支給回 it belongs to: of a purchase before the entry, the day of the entry."""
        return self.pupil.enrolled_on if self.before_entry else self.used_on


class PaymentRound(models.Model):
    """支給回: an expense belongs to the round whose period holds its day of use; so no two periods overlap.

    Without a period it pays no expenses, only what approved rounds of the year paid too little (追給・戻入のみの支給回).
    `run` counts the calculations that were begun, `finished_run` is the last one that came to its end. `facts` is the
    fingerprint of everything the last run was made from; `figures` its totals by item beside those of the run before.
    `settling`: pupils without expenses in the period to whom an earlier round paid too little or too much.
    `ledgers`: the 会計区分 of the 規則集, in order: name, title, reported (in the 実績報告 or not).
    """

    class State(models.TextChoices):
        DRAFT = "draft", "準備"
        CALCULATED = "calculated", "計算済"
        APPROVED = "approved", "承認済"
        RELEASED = "released", "支給済"

    fiscal_year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("回")
    title = models.CharField("名称", max_length=40)
    starts_on = models.DateField("対象期間の初日", null=True, blank=True)
    ends_on = models.DateField("対象期間の末日", null=True, blank=True)
    pay_on = models.DateField("支給日")
    state = models.CharField("状態", max_length=12, choices=State.choices, default=State.DRAFT)
    run = models.PositiveIntegerField("計算回数", default=0)
    finished_run = models.PositiveIntegerField("終わった計算の回", default=0)
    pack = models.CharField("規則集", max_length=80, blank=True)
    overlays = models.JSONField("重ねる規則集", default=list)
    pack_digest = models.CharField("規則集の指紋", max_length=80, blank=True)
    ledgers = models.JSONField("会計区分", default=list)
    settling = models.JSONField("追給・戻入だけの児童生徒", default=list)
    facts = models.CharField("計算の元の指紋", max_length=64, blank=True)
    figures = models.JSONField("計算の集計", default=dict)
    calculated_by = models.CharField("計算者", max_length=60, blank=True)
    calculated_at = models.DateTimeField("計算日時", null=True, blank=True)
    approved_by = models.CharField("承認者", max_length=60, null=True, blank=True)  # noqa: DJ001 - null until approved
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)
    confirmed_count = models.PositiveIntegerField("承認者が入力した件数", null=True, blank=True)
    confirmed_total = models.BigIntegerField("承認者が入力した合計（円）", null=True, blank=True)
    released_by = models.CharField("支給確定者", max_length=60, blank=True)
    released_at = models.DateTimeField("支給確定日時", null=True, blank=True)
    transferable_total = models.BigIntegerField("振込の合計（円）", null=True, blank=True)
    untransferable_total = models.BigIntegerField("振込不可の合計（円）", null=True, blank=True)

    class Meta:
        verbose_name = "支給回"
        ordering = ["fiscal_year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["fiscal_year", "number"], name="one_round_per_number"),
            models.UniqueConstraint(fields=["pay_on"], name="one_round_per_pay_day"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True, ends_on__isnull=True)
                | Q(starts_on__isnull=False, ends_on__isnull=False, starts_on__lte=F("ends_on")),
                name="round_period_in_order",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(pay_on__lt=F("starts_on")) | Q(pay_on__gt=F("ends_on")),
                name="pay_day_outside_period",
            ),
            ExclusionConstraint(
                name="round_periods_do_not_overlap",
                expressions=[
                    (Func("starts_on", "ends_on", Value("[]"), function="DATERANGE"), RangeOperators.OVERLAPS)
                ],
                condition=Q(starts_on__isnull=False),  # a range without ends would be all days
            ),
            models.UniqueConstraint(
                fields=["fiscal_year"],
                condition=Q(starts_on__isnull=True, state__in=["draft", "calculated"]),
                name="one_open_round_of_differences",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("calculated_by")), name="two_people_pay"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "calculated"])
                | Q(approved_by__isnull=False, confirmed_count__isnull=False, confirmed_total__isnull=False),
                name="approved_round_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(confirmed_total=F("transferable_total") + F("untransferable_total")),
                name="released_round_pays_what_was_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it may still be calculated and its expenses changed."""
        return self.state in (self.State.DRAFT, self.State.CALCULATED)

    @property
    def period(self) -> tuple[datetime.date, datetime.date] | None:
        """First and last day whose expenses it pays; None: it pays differences only."""
        return None if self.starts_on is None or self.ends_on is None else (self.starts_on, self.ends_on)

    @property
    def only_differences(self) -> bool:
        """追給・戻入のみの支給回."""
        return self.period is None

    @property
    def full_title(self) -> str:
        """As it is called on papers and files, where nothing else says that it pays differences only."""
        says = ONLY_DIFFERENCES in self.title
        return f"{self.title}（{ONLY_DIFFERENCES}のみ）" if self.only_differences and not says else self.title

    def holds(self, day: datetime.date) -> bool:
        """Whether expenses of this day are paid in it."""
        return self.period is not None and self.period[0] <= day <= self.period[1]


class RoundStep(models.Model):
    """History of a round's states."""

    round = models.ForeignKey(PaymentRound, models.CASCADE, related_name="steps", verbose_name="支給回")
    from_state = models.CharField("前の状態", max_length=12, choices=PaymentRound.State.choices, blank=True)
    to_state = models.CharField("状態", max_length=12, choices=PaymentRound.State.choices)
    reason = models.CharField("理由", max_length=200, blank=True)
    by = models.CharField("操作者", max_length=200)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "支給回の経過"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.round_id} {self.to_state}"


class PupilPayment(models.Model):
    """What one pupil gets in a round, with the receipt of its calculation; or why nothing is paid.

    `run`: the calculation that made it. `previous`: what the last finished run before paid (null: the pupil was not in
    it), `causes` why this differs. `held` and `held_amount`: 使用経費 that could not
    be computed and are not paid (保留). `outside`: the 管理外学校支給額 it was computed with (`outside.Brought.kept`).
    """

    class State(models.TextChoices):
        PAYABLE = "payable", "支給"
        STOPPED = "stopped", "支給停止"
        NOTHING = "nothing", "支給額なし"

    round = models.ForeignKey(PaymentRound, models.CASCADE, related_name="payments", verbose_name="支給回")
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="payments", verbose_name="児童生徒")
    run = models.PositiveIntegerField("計算の回", default=1)
    state = models.CharField("状態", max_length=8, choices=State.choices)
    reason = models.CharField("理由", max_length=400, blank=True)
    ledgers = models.JSONField("会計区分ごとの支給額（円）", default=dict)
    total = models.BigIntegerField("支給額（円）", default=0)
    held = models.PositiveIntegerField("保留の経費（件）", default=0)
    held_amount = models.BigIntegerField("保留の使用額（円）", default=0)
    previous = models.BigIntegerField("前回計算の支給額（円）", null=True, blank=True)
    causes = ArrayField(
        models.CharField(max_length=12, choices=Cause.choices),
        verbose_name="前回計算との違い",
        default=list,
        blank=True,
    )
    standing = models.CharField("根拠の確かさ", max_length=20, blank=True)
    outside = models.JSONField("計算に使った管理外学校支給額", default=dict)
    receipt = models.JSONField("計算書", default=dict)
    receipt_digest = models.CharField("計算書の指紋", max_length=80, blank=True)

    class Meta:
        verbose_name = "個人別支給"
        constraints = [
            models.UniqueConstraint(fields=["round", "pupil"], name="one_payment_per_pupil_and_round"),
            models.CheckConstraint(condition=adds_up(), name="ledgers_add_up_to_payment"),
            models.CheckConstraint(
                condition=Q(state="payable", total__gt=0) | (~Q(state="payable") & Q(total=0)),
                name="payable_says_paid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.pupil_id}"


class PaymentLine(models.Model):
    """One item in one month for one pupil: 使用額, 対象額 (recognised under the cap, before the rate), 支給額 by 会計区分."""

    payment = models.ForeignKey(PupilPayment, models.CASCADE, related_name="lines", verbose_name="個人別支給")
    item = models.CharField("経費項目", max_length=40)
    month = models.DateField("月")
    spent = models.BigIntegerField("使用額（円）")
    eligible = models.BigIntegerField("対象額（円）")
    ledgers = models.JSONField("会計区分ごとの支給額（円）", default=dict)
    total = models.BigIntegerField("支給額（円）", default=0)

    class Meta:
        verbose_name = "支給明細"
        ordering = ["payment_id", "item", "month"]
        constraints = [
            models.UniqueConstraint(fields=["payment", "item", "month"], name="one_line_per_item_and_month"),
            models.CheckConstraint(condition=adds_up(), name="ledgers_add_up_to_line"),
            models.CheckConstraint(condition=Q(total__gte=0), name="line_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.item} {self.month:%Y-%m}"


class ApprovedAccount(models.Model):
    """What a household was to get, and on which account, when the round was approved (or its accounts anew)."""

    round = models.ForeignKey(PaymentRound, models.CASCADE, related_name="approved_accounts", verbose_name="支給回")
    household = models.ForeignKey(Household, models.PROTECT, related_name="approved_accounts", verbose_name="世帯")
    amount = models.BigIntegerField("金額（円）")
    bank_code = models.CharField("金融機関コード", max_length=4, blank=True)
    branch_code = models.CharField("支店コード", max_length=3, blank=True)
    account_type = models.CharField("口座種類", max_length=1, blank=True)
    account_number = models.CharField("口座番号", max_length=7, blank=True)
    account_holder = models.CharField("口座名義カナ", max_length=60, blank=True)

    class Meta:
        verbose_name = "承認時の振込先"
        constraints = [
            models.UniqueConstraint(fields=["round", "household"], name="one_approved_account_per_household_and_round"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.household_id}"


class Transfer(models.Model):
    """One transfer to one household in a round; the account is the one held when the round was released."""

    round = models.ForeignKey(PaymentRound, models.PROTECT, related_name="transfers", verbose_name="支給回")
    household = models.ForeignKey(Household, models.PROTECT, related_name="transfers", verbose_name="世帯")
    amount = models.BigIntegerField("金額（円）")
    bank_code = models.CharField("金融機関コード", max_length=4)
    bank_name = models.CharField("金融機関", max_length=30)
    branch_code = models.CharField("支店コード", max_length=3)
    branch_name = models.CharField("支店", max_length=30)
    account_type = models.CharField("口座種類", max_length=1)
    account_number = models.CharField("口座番号", max_length=7)
    account_holder = models.CharField("口座名義カナ", max_length=60)

    class Meta:
        verbose_name = "振込"
        constraints = [
            models.UniqueConstraint(fields=["round", "household"], name="one_transfer_per_household_and_round"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.household_id}"


class Untransferable(models.Model):
    """振込不可: a household whose approved amount could not be put into the transfer file, and why (Japanese)."""

    round = models.ForeignKey(PaymentRound, models.PROTECT, related_name="untransferable", verbose_name="支給回")
    household = models.ForeignKey(Household, models.PROTECT, related_name="untransferable_amounts", verbose_name="世帯")
    amount = models.BigIntegerField("金額（円）")
    reason = models.CharField("理由", max_length=200)

    class Meta:
        verbose_name = "振込不可"
        constraints = [
            models.UniqueConstraint(fields=["round", "household"], name="one_untransferable_per_household_and_round"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="untransferable_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.household_id}"
