"""Schools, households, members, pupils and their dated status: the record items of 別添1 of the 評価書 (seed 004)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models

from domain.households.models_rosters import RosterChange as RosterChange
from domain.households.models_rosters import RosterImport as RosterImport
from domain.households.models_rosters import RosterProblem as RosterProblem

NAME = 120
"""Names have at most 40 characters, but each may carry a variation selector (IVS)."""
TEXT = 240


class School(models.Model):
    """`departments`: values of StatusPeriod.Department, empty when nobody said. `closed_on`: its last day (閉校)."""

    code = models.CharField("学校コード", max_length=20, unique=True)
    name = models.CharField("学校名", max_length=60)
    departments = models.JSONField("部", default=list, blank=True)
    opened_on = models.DateField("開始日", null=True, blank=True)
    closed_on = models.DateField("終了日", null=True, blank=True)

    class Meta:
        verbose_name = "学校"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opened_on=None)
                | models.Q(closed_on=None)
                | models.Q(closed_on__gte=models.F("opened_on")),
                name="school_closes_after_opening",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Household(models.Model):
    """世帯: those who share one livelihood (同一生計世帯) on the last day of the previous year.

    `maintained_by` is the school whose roster its facts were taken from. Another school's roster never changes them by
    itself: a difference is parked (siblings at two schools).
    """

    class Decline(models.TextChoices):
        NONE = "none", "該当なし"
        PARTIAL = "partial", "一部辞退"
        FULL = "full", "完全辞退"
        UNDECIDED = "undecided", "区分未定"

    class AccountType(models.TextChoices):
        ORDINARY = "1", "普通"
        CURRENT = "2", "当座"
        SAVINGS = "4", "貯蓄"

    number = models.CharField("世帯番号", max_length=20, unique=True)
    guardian_name = models.CharField("保護者等氏名", max_length=NAME)
    guardian_kana = models.CharField("保護者等氏名かな", max_length=NAME)
    postal_code = models.CharField("郵便番号", max_length=8, blank=True)
    address = models.CharField("住所", max_length=TEXT)
    year_end_address = models.CharField("前年末住所（異なるとき）", max_length=TEXT, blank=True)
    address_hidden = models.BooleanField("支援措置（住所秘匿）", default=False)
    phone = models.CharField("電話番号", max_length=20, blank=True)
    winter_zone = models.PositiveSmallIntegerField("地区区分", help_text="冬季加算の地区 1〜6")
    living_cost_grade = models.CharField("級地区分", max_length=3)
    decline = models.CharField("辞退状況", max_length=10, choices=Decline.choices, default=Decline.NONE)
    on_welfare = models.BooleanField("生活保護", default=False)
    single_parent = models.BooleanField("母子（父子）世帯", null=True, blank=True, help_text="空欄は未確認")
    note = models.CharField("特記事項", max_length=400, blank=True)
    bank_code = models.CharField("金融機関コード", max_length=4, blank=True)
    bank_name = models.CharField("金融機関", max_length=30, blank=True)
    branch_code = models.CharField("支店コード", max_length=3, blank=True)
    branch_name = models.CharField("支店", max_length=30, blank=True)
    account_type = models.CharField("口座種類", max_length=1, choices=AccountType.choices, blank=True)
    account_number = models.CharField("口座番号", max_length=7, blank=True)
    account_holder = models.CharField("口座名義カナ", max_length=60, blank=True)
    maintained_by = models.ForeignKey(
        School, models.PROTECT, related_name="maintained_households", null=True, blank=True, verbose_name="記載校"
    )
    updated_at = models.DateTimeField("更新日時", auto_now=True)

    class Meta:
        verbose_name = "世帯"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"世帯 {self.number}"


class Member(models.Model):
    """世帯構成員. `atena_number` (業務宛名番号) is issued by us, once, and never reused.

    `name_key` and `kana_key` are `web.text.fold_name` of the names: for searching, never shown. `joined_on` None: has
    belonged to the household as long as we know; `left_on` is the first day on which the member does not belong to it.
    `materials_cost` 教材代 and `annual_commuting`: 円・年額, null: nobody was asked.
    """

    class Stage(models.TextChoices):
        """学種: what the member attended on the base date."""

        NONE = "none", "在学なし"
        PRESCHOOL = "preschool", "幼稚園等"
        ELEMENTARY = "elementary", "小学校・小学部"
        JUNIOR_HIGH = "junior_high", "中学校・中学部"
        SENIOR_HIGH = "senior_high", "高等学校・高等部"
        OTHER = "other", "その他"

    class Disability(models.TextChoices):
        """障害の程度 as the 障害者加算 asks it; blank: nobody was asked."""

        NONE = "none", "障害なし"
        GRADE_1_2 = "grade_1_2", "1・2級"
        GRADE_3 = "grade_3", "3級"

    household = models.ForeignKey(Household, models.PROTECT, related_name="members", verbose_name="世帯")
    key = models.CharField("構成員番号", max_length=10)
    atena_number = models.CharField("業務宛名番号", max_length=15, unique=True)
    name = models.CharField("氏名", max_length=NAME)
    kana = models.CharField("カナ氏名", max_length=NAME)
    name_key = models.CharField("氏名の照合用", max_length=NAME, db_index=True, editable=False)
    kana_key = models.CharField("カナ氏名の照合用", max_length=NAME, db_index=True, editable=False)
    born = models.DateField("生年月日")
    relation = models.CharField("続柄", max_length=40, blank=True)
    is_guardian = models.BooleanField("保護者等", default=False)
    school_name = models.CharField("学校名", max_length=NAME, blank=True)
    stage = models.CharField("学種", max_length=12, choices=Stage.choices, default=Stage.NONE)
    special_needs = models.BooleanField("特別支援学校・学級在籍", default=False)
    disability = models.CharField("障害の程度", max_length=10, choices=Disability.choices, blank=True)
    materials_cost = models.PositiveIntegerField("教材代（円・年額）", null=True, blank=True)
    annual_commuting = models.PositiveIntegerField("年額通学費（円）", null=True, blank=True)
    joined_on = models.DateField("世帯に入った日", null=True, blank=True)
    left_on = models.DateField("世帯を離れた日", null=True, blank=True)
    updated_at = models.DateTimeField("更新日時", auto_now=True)

    class Meta:
        verbose_name = "世帯構成員"
        ordering = ["household_id", "key"]
        constraints = [
            models.UniqueConstraint(fields=["household", "key"], name="one_member_per_key"),
            models.CheckConstraint(
                condition=models.Q(joined_on=None)
                | models.Q(left_on=None)
                | models.Q(left_on__gt=models.F("joined_on")),
                name="member_joins_before_leaving",
            ),
        ]

    def __str__(self) -> str:
        return f"構成員 {self.atena_number}"

    def belongs_on(self, day: date) -> bool:
        """Whether the member shares the household's livelihood on that day."""
        return shares_livelihood(self.joined_on, self.left_on, day)


def shares_livelihood(joined_on: date | None, left_on: date | None, day: date) -> bool:
    """Whether somebody who joined and left a household on these days belongs to it on `day`; None: always, not yet."""
    return (joined_on is None or joined_on <= day) and (left_on is None or day < left_on)


class CanaryHousehold(models.Model):
    """おとりの世帯: made up for the watch. Only the search and the household's page know of it (`households.canaries`)."""

    id = models.BigIntegerField("世帯の内部番号", primary_key=True)
    number = models.CharField("世帯番号", max_length=20, unique=True)
    guardian_name = models.CharField("保護者等氏名", max_length=NAME)
    guardian_kana = models.CharField("保護者等氏名かな", max_length=NAME)
    guardian_born = models.DateField("保護者等の生年月日")
    child_name = models.CharField("児童生徒氏名", max_length=NAME)
    child_kana = models.CharField("児童生徒氏名かな", max_length=NAME)
    child_born = models.DateField("児童生徒の生年月日")
    address = models.CharField("住所", max_length=TEXT)
    facts = models.JSONField("世帯の画面に示すもの", default=dict)
    student_number = models.CharField("学籍番号", max_length=20)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    placed_by = models.CharField("置いた人", max_length=80)
    placed_on = models.DateField("置いた日", auto_now_add=True)

    class Meta:
        verbose_name = "おとりの世帯"

    def __str__(self) -> str:
        return f"おとりの世帯 {self.pk}"


class AtenaSerial(models.Model):
    """One row for each 業務宛名番号 ever issued; its key is the serial, so that none is given twice."""

    issued_at = models.DateTimeField("発番日時", auto_now_add=True)

    class Meta:
        verbose_name = "業務宛名番号の発番"

    def __str__(self) -> str:
        return str(self.pk)


class IncomeCertificate(models.Model):
    """Figures of a member's income certificate (所得証明書) as the roster of a year gives them. 円・年額; null: not written."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="certificates", verbose_name="構成員")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    total_income = models.BigIntegerField("総所得金額（円）", null=True, blank=True)
    forest_income = models.BigIntegerField("山林所得金額（円）", null=True, blank=True)
    retirement_income = models.BigIntegerField("退職所得金額（円）", null=True, blank=True)
    social_insurance = models.BigIntegerField("社会保険料（円）", null=True, blank=True)
    life_insurance = models.BigIntegerField("生命保険料（円）", null=True, blank=True)
    earthquake_insurance = models.BigIntegerField("地震保険料（円）", null=True, blank=True)

    class Meta:
        verbose_name = "所得証明書"
        constraints = [models.UniqueConstraint(fields=["member", "fiscal_year"], name="one_certificate_per_year")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.fiscal_year}"


class Pupil(models.Model):
    """児童生徒: one enrolment of a member at one school. A pupil who moves between schools has two."""

    school = models.ForeignKey(School, models.PROTECT, related_name="pupils", verbose_name="学校")
    member = models.ForeignKey(Member, models.PROTECT, related_name="enrolments", verbose_name="構成員")
    student_number = models.CharField("学籍番号", max_length=20)
    name = models.CharField("氏名", max_length=NAME)
    kana = models.CharField("氏名ふりがな", max_length=NAME)
    enrolled_on = models.DateField("転入学日")
    left_on = models.DateField("転出日", null=True, blank=True)
    bedding_cost = models.PositiveIntegerField("寝具購入費（円）", default=0)
    has_handbook = models.BooleanField("障害者手帳", default=False)
    updated_at = models.DateTimeField("更新日時", auto_now=True)

    class Meta:
        verbose_name = "児童生徒"
        ordering = ["school_id", "student_number"]
        constraints = [
            models.UniqueConstraint(fields=["school", "student_number"], name="one_pupil_per_student_number"),
            models.UniqueConstraint(fields=["member", "school", "enrolled_on"], name="one_enrolment_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id}/{self.student_number}"


class StatusInForce(models.Manager["StatusPeriod"]):
    """Without the rows that were corrected by another: those are history."""

    def get_queryset(self) -> models.QuerySet[StatusPeriod]:
        return super().get_queryset().filter(voided_at=None)


class StatusPeriod(models.Model):
    """状況履歴: holds from `starts_on` until the pupil's next row. Payments ask for the row of the day of the expense.

    A mistaken row is not edited: it is voided (when, by whom, why) and another row says what is so. `objects` gives the
    rows in force, `everything` the voided ones too. `reason` is `BY_DECISION` where a 支弁区分決定 cut a row in two: such a
    row follows the one before it when that one changes.
    """

    BY_DECISION: ClassVar[str] = "支弁区分の決定"

    class Department(models.TextChoices):
        KINDERGARTEN = "kindergarten", "幼稚部"
        ELEMENTARY = "elementary", "小学部"
        JUNIOR_HIGH = "junior_high", "中学部"
        SENIOR_HIGH = "senior_high", "高等部"
        ADVANCED = "advanced", "専攻科"

    class Attendance(models.TextChoices):
        COMMUTER = "commuter", "通学生"
        BOARDER = "boarder", "寄宿生"
        INSTITUTION = "institution", "施設生"
        LEFT = "left", "転出済"

    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="periods", verbose_name="児童生徒")
    starts_on = models.DateField("更新日")
    department = models.CharField("学部", max_length=12, choices=Department.choices)
    grade = models.PositiveSmallIntegerField("学年")
    class_name = models.CharField("組", max_length=20, blank=True)
    seat = models.CharField("出席番号", max_length=5, blank=True)
    attendance = models.CharField("就学状況", max_length=12, choices=Attendance.choices)
    physical_multiple = models.BooleanField("肢体重複", default=False)
    home_visit = models.BooleanField("訪問生", default=False)
    institution_aid = models.BooleanField("措置費受給", default=False)
    category = models.PositiveSmallIntegerField("支弁区分", null=True, blank=True)
    recorded_at = models.DateTimeField("登録日時", auto_now_add=True)
    recorded_by = models.CharField("登録者", max_length=200, blank=True)
    reason = models.CharField("変更の理由", max_length=200, blank=True)
    voided_at = models.DateTimeField("取消日時", null=True, blank=True)
    voided_by = models.CharField("取消者", max_length=200, blank=True)
    void_reason = models.CharField("取消の理由", max_length=200, blank=True)

    objects = StatusInForce()
    everything: models.Manager[StatusPeriod] = models.Manager()

    class Meta:
        verbose_name = "状況履歴"
        ordering = ["pupil_id", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "starts_on"], condition=models.Q(voided_at=None), name="one_status_per_day"
            ),
            models.CheckConstraint(
                condition=models.Q(voided_at=None) | ~models.Q(voided_by="") & ~models.Q(void_reason=""),
                name="voided_status_says_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=models.Q(category__isnull=True) | models.Q(category__in=[1, 2, 3]), name="category_is_1_2_3"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id} {self.starts_on}"
