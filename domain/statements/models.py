"""収入額・需要額調書: intake, facts, computation with its receipt, forwarding, determination by two people.

A re-determination (再判定) is a 調書 of its own that `revises` the year's first one: facts, computations and steps of the
decided one stay as they were.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.functional import cached_property

from domain.households.models import Household, Member, Pupil, School


class Statement(models.Model):
    """調書 of one household for one year. The school that handles it is the one of its first pupil.

    `revises`: for a 再判定, the 調書 that the year began with (never another 再判定); with it come reason, 収入の基礎,
    the day from which the new category is to hold, and the day whose members count (null: 前年末日).
    """

    class State(models.TextChoices):
        INTAKE = "intake", "受付"
        INQUIRING = "inquiring", "照会中"
        CHECKING = "checking", "要確認"
        READY = "ready", "算定待ち"
        COMPUTED = "computed", "算定済"
        FORWARDED = "forwarded", "進達済"
        RETURNED = "returned", "差戻し"
        PROPOSED = "proposed", "決定伺い"
        DECIDED = "decided", "決定"
        NOTICED = "noticed", "通知済"
        WITHDRAWN = "withdrawn", "取下げ"

    class ChangeReason(models.TextChoices):
        """Why a category is looked at again during the year (docs/statements.md)."""

        ILLNESS = "illness", "疾病"
        DISASTER = "disaster", "被災"
        UNEMPLOYMENT = "unemployment", "失業"
        LESS_INCOME = "less_income", "減収"
        MEMBERS = "members", "世帯員の異動"
        OTHER = "other", "その他"

    class IncomeBasis(models.TextChoices):
        """Whose year's income counts."""

        CONFIRMED = "confirmed", "前年確定"
        ESTIMATED = "estimated", "当年見込"
        LATEST = "latest", "直近確定"

    household = models.ForeignKey(Household, models.PROTECT, related_name="statements", verbose_name="世帯")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    school = models.ForeignKey(School, models.PROTECT, related_name="statements", verbose_name="取扱校")
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.INTAKE)
    revises = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="redeterminations", verbose_name="再判定の元の調書"
    )
    change_reason = models.CharField("再判定の理由", max_length=12, choices=ChangeReason.choices, blank=True)
    change_note = models.CharField("再判定の事情", max_length=200, blank=True)
    income_basis = models.CharField("収入の基礎", max_length=10, choices=IncomeBasis.choices, blank=True)
    effective_from = models.DateField("再判定の適用日", null=True, blank=True)
    counted_on = models.DateField("世帯員を数える日", null=True, blank=True)
    created_at = models.DateTimeField("作成日時", auto_now_add=True)
    updated_at = models.DateTimeField("更新日時", auto_now=True)

    class Meta:
        verbose_name = "調書"
        ordering = ["fiscal_year", "household_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "fiscal_year"],
                condition=models.Q(revises__isnull=True),
                name="one_statement_per_year",
            ),
            models.UniqueConstraint(
                fields=["revises"],
                condition=~models.Q(state__in=["decided", "noticed", "withdrawn"]),
                name="one_open_redetermination",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    revises=None, change_reason="", income_basis="", effective_from=None, counted_on=None
                )
                | (
                    models.Q(revises__isnull=False, effective_from__isnull=False)
                    & ~models.Q(change_reason="")
                    & ~models.Q(income_basis="")
                ),
                name="redetermination_says_why_and_from_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="withdrawn") | models.Q(revises__isnull=False),
                name="only_redeterminations_are_withdrawn",
            ),
        ]
        indexes = [models.Index(fields=["fiscal_year", "state", "school"])]

    def __str__(self) -> str:
        return f"調書 {self.fiscal_year}-{self.household_id}"

    @property
    def is_redetermination(self) -> bool:
        return self.revises_id is not None

    @property
    def root_id(self) -> int:
        """The 調書 the year began with: itself, or the one that it revises."""
        return self.pk if self.revises_id is None else self.revises_id


class StatementStep(models.Model):
    """History of a statement's states: who moved it, when, why."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="steps", verbose_name="調書")
    from_state = models.CharField("前の状態", max_length=10, choices=Statement.State.choices, blank=True)
    to_state = models.CharField("状態", max_length=10, choices=Statement.State.choices)
    reason = models.CharField("理由", max_length=400, blank=True)
    by = models.CharField("操作者", max_length=60)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "調書の経過"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.to_state}"


class MemberFacts(models.Model):
    """Income facts of one member, with where they came from. An amount that was not given is null, never 0. 円・年額"""

    class Source(models.TextChoices):
        INQUIRY = "inquiry", "情報照会"
        CERTIFICATE = "certificate", "所得証明書"
        DECLARED = "declared", "申立て・見込"
        NOT_NEEDED = "not_needed", "不要"
        MISSING = "missing", "未取得"

    class Absence(models.TextChoices):
        """Why there are no amounts."""

        NONE = "", "―"
        NOT_ASKED = "not_asked", "未照会"
        NO_INCOME = "no_income", "所得なし"
        UNDECLARED = "undeclared", "未申告"
        NOT_FOUND = "not_found", "該当なし"
        REVIEW = "review", "突合要確認"
        REFUSED = "refused", "回答なし"
        TO_ENTER = "to_enter", "未入力"

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="facts", verbose_name="調書")
    member = models.ForeignKey(Member, models.PROTECT, related_name="facts", verbose_name="構成員")
    source = models.CharField("取得元", max_length=12, choices=Source.choices, default=Source.MISSING)
    absence = models.CharField("値がない理由", max_length=12, choices=Absence.choices, blank=True)
    total_income = models.BigIntegerField("総所得金額（円）", null=True, blank=True)
    retirement_income = models.BigIntegerField("退職所得金額（円）", null=True, blank=True)
    forestry_income = models.BigIntegerField("山林所得金額（円）", null=True, blank=True)
    social_insurance = models.BigIntegerField("社会保険料（円）", null=True, blank=True)
    life_insurance = models.BigIntegerField("生命保険料（円）", null=True, blank=True)
    earthquake_insurance = models.BigIntegerField("地震保険料（円）", null=True, blank=True)
    recorded_by = models.CharField("登録者", max_length=60, blank=True)
    updated_at = models.DateTimeField("更新日時", auto_now=True)

    class Meta:
        verbose_name = "構成員の所得"
        constraints = [models.UniqueConstraint(fields=["statement", "member"], name="one_facts_row_per_member")]

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.member_id}"


class FactsChoice(models.Model):
    """Which of a certificate and an electronic answer counts for one member, and why. Only added to; the newest holds.

    Both stay here as they stood then. `certificate`: `amounts` (by the columns of MemberFacts, 円・年額), `by` and `at`
    of its entry, null where none was entered; `answer`: `amounts`, `inquiry` (id) and `at`, null where none could be used.
    """

    class Stands(models.TextChoices):
        CERTIFICATE = "certificate", "所得証明書"
        ANSWER = "answer", "情報照会の回答"

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="choices", verbose_name="調書")
    member = models.ForeignKey(Member, models.PROTECT, related_name="facts_choices", verbose_name="構成員")
    stands = models.CharField("使う所得", max_length=12, choices=Stands.choices)
    certificate = models.JSONField("証明書の値", null=True)
    answer = models.JSONField("回答の値", null=True)
    reason = models.CharField("理由", max_length=400)
    by = models.CharField("操作者", max_length=60)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "使う所得の選択"
        ordering = ["id"]
        indexes = [models.Index(fields=["statement", "member", "id"], name="newest_choice")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stands="certificate", certificate__isnull=False)
                | models.Q(stands="answer", answer__isnull=False),
                name="what_is_chosen_is_there",
            )
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.member_id} {self.stands}"


class Computation(models.Model):
    """One run of the rules over a statement. Rows are only ever added; the receipt says which figures were used.

    `receipt_text` is the very text that `receipt_digest` (sha256) was taken of, so that either proves the other.
    `provisional`: made for a 仮決定, with the pack's rule for 仮区分; it is never what a final decision rests on.
    """

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="computations", verbose_name="調書")
    sequence = models.PositiveIntegerField("回")
    pack = models.CharField("規則集", max_length=80)
    pack_digest = models.CharField("規則集の指紋", max_length=80)
    income = models.BigIntegerField("収入額（円・年額）", null=True)
    annual_need_numerator = models.BigIntegerField("需要額の分子（円・年額）", null=True)
    annual_need_denominator = models.PositiveIntegerField("需要額の分母", default=1)
    provisional = models.BooleanField("仮区分", default=False)
    category = models.PositiveSmallIntegerField("世帯の支弁区分", null=True)
    category_reason = models.CharField("区分の理由", max_length=60)
    standing = models.CharField("根拠の確かさ", max_length=20)
    missing = models.JSONField("足りないもの", default=list)
    receipt_text = models.TextField("計算書")
    receipt_digest = models.CharField("計算書の指紋", max_length=80)
    created_at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "算定"
        ordering = ["statement_id", "sequence"]
        constraints = [models.UniqueConstraint(fields=["statement", "sequence"], name="one_computation_per_sequence")]

    def __str__(self) -> str:
        return f"{self.statement_id}#{self.sequence}"

    @cached_property
    def receipt(self) -> dict[str, Any]:
        """The receipt with its digest (docs/receipt-format.md)."""
        return {**json.loads(self.receipt_text), "digest": self.receipt_digest}


class Determination(models.Model):
    """支弁区分決定: proposed by one person, approved by another (the constraint says so).

    `root` is the 調書 the year began with, so that a decision and its re-determinations cannot begin on one day. A 仮決定
    may begin on the day of the decision that later replaces it: it stays, and says what was known until then.
    """

    class Kind(models.TextChoices):
        FINAL = "final", "決定"
        PROVISIONAL = "provisional", "仮決定"

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="determinations", verbose_name="調書")
    root = models.ForeignKey(Statement, models.PROTECT, related_name="decisions_of_year", verbose_name="年度の調書")
    kind = models.CharField("種別", max_length=12, choices=Kind.choices, default=Kind.FINAL)
    computation = models.ForeignKey(Computation, models.PROTECT, related_name="determinations", verbose_name="算定")
    household_category = models.PositiveSmallIntegerField("世帯の支弁区分", null=True)
    effective_from = models.DateField("適用日")
    document_number = models.CharField("決裁番号", max_length=40, blank=True)
    proposed_by = models.CharField("起案者", max_length=60)
    proposed_at = models.DateTimeField("起案日時", auto_now_add=True)
    approved_by = models.CharField("決裁者", max_length=60, null=True, blank=True)  # noqa: DJ001 - null until approved
    approved_at = models.DateTimeField("決裁日時", null=True, blank=True)

    class Meta:
        verbose_name = "支弁区分決定"
        constraints = [
            models.UniqueConstraint(fields=["root", "effective_from", "kind"], name="one_determination_per_day"),
            models.CheckConstraint(
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("proposed_by")),
                name="two_people_determine",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.effective_from}"

    def save(self, *args: Any, **options: Any) -> None:
        if self.root_id is None:
            self.root_id = self.statement.root_id
        super().save(*args, **options)


class PupilCategory(models.Model):
    """児童生徒の支弁区分: what payments use. It differs from the household's for 措置費 pupils."""

    determination = models.ForeignKey(
        Determination, models.CASCADE, related_name="pupil_categories", verbose_name="支弁区分決定"
    )
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="categories", verbose_name="児童生徒")
    category = models.PositiveSmallIntegerField("支弁区分", null=True)
    reason = models.CharField("理由", max_length=60)

    class Meta:
        verbose_name = "児童生徒の支弁区分"
        constraints = [
            models.UniqueConstraint(fields=["determination", "pupil"], name="one_category_per_pupil_and_determination")
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id} {self.category}"
