"""Staff accounts (利用者) and their dated roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.passwords import composed
from accounts.person_ids import names_a_function, refusal_of_function
from accounts.roles import LIMITED_ROLES, TRAINING_VALID_DAYS, Role
from web.names import WordsRefused, require_name, require_words

USERNAME_PATTERN = r"\A[a-z0-9][a-z0-9._-]{1,39}\Z"
username_shape = RegexValidator(
    USERNAME_PATTERN,
    "職員IDは半角の英小文字・数字と . _ - で2文字以上40文字以内にしてください（例: nara-0123）。",
)


def username_of_a_person(username: str) -> None:
    """Raises ValidationError for an id that names a function."""
    if names_a_function(username):
        raise ValidationError(refusal_of_function(username), "function")


def why_not_a_username(username: str) -> str:
    """Why a 職員ID (canonical) may not be given to anybody; "" when it may."""
    try:
        username_shape(username)
        username_of_a_person(username)
    except ValidationError as refused:
        return str(refused.messages[0])
    return ""


def _refuse_words(require: Callable[[str], None], text: str) -> None:
    try:
        require(text)
    except WordsRefused as refused:
        raise ValidationError(str(refused), refused.fault.value) from None


def a_name(text: str) -> None:
    """Raises ValidationError for what 人事異動 refuses as a name (`web.names`)."""
    _refuse_words(require_name, text)


def words_of_one_line(text: str) -> None:
    """Raises ValidationError for characters that nobody sees, and for twelve digits."""
    _refuse_words(require_words, text)


class UserManager(BaseUserManager["User"]):
    """No `create_user` here: people are made by `accounts.services.create_user`, with its trail event."""


class User(AbstractBaseUser):  # type: ignore[django-manager-missing]  # django-otp is untyped
    """One person. Never shared (共用IDの禁止), and never without a second factor once enrolled."""

    username = models.CharField("職員ID", max_length=40, unique=True, validators=[username_shape, username_of_a_person])
    display_name = models.CharField("氏名", max_length=80, validators=[a_name])
    kana = models.CharField("ふりがな", max_length=120, blank=True, validators=[words_of_one_line])
    section = models.CharField("所属", max_length=80, blank=True, validators=[words_of_one_line])
    is_active = models.BooleanField("有効", default=True)
    starts_on = models.DateField("利用開始日", null=True, blank=True)
    ends_on = models.DateField("利用終了日", null=True, blank=True, help_text="この日まで利用できます。")
    must_enrol = models.BooleanField("認証器の登録待ち", default=True)
    enrolled_at = models.DateTimeField("利用開始の手続を終えた日時", null=True, blank=True)
    came_as_approver = models.BooleanField("申請を承認できる役割でログインした", default=False)
    password_set_at = models.DateTimeField("パスワードを決めた日時", default=timezone.now)
    factor_changed_at = models.DateTimeField("認証器の変更日時", default=timezone.now)
    failures_since_login = models.PositiveIntegerField("前回ログイン後の失敗", default=0)
    live_session = models.ForeignKey(
        "accounts.SessionRecord",
        verbose_name="利用中のセッション",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    vendor_window = models.ForeignKey(
        "accounts.VendorWindow",
        verbose_name="運用事業者の立入り",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="visitors",
    )
    is_demo = models.BooleanField("実演用", default=False)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        verbose_name = "利用者"
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="user_ends_after_start",
                violation_error_message="終了日が開始日より前です。日付を確かめてください。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.display_name}（{self.username}）"

    @property
    def name(self) -> str:
        return self.display_name

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(None if raw_password is None else composed(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(None if raw_password is None else composed(raw_password))

    @cached_property
    def roles_today(self) -> list[RoleAssignment]:
        """The roles in force today. Kept on the object; `accounts.services.roles.forget_roles` lets go of them."""
        if self.vendor_window_id is not None:
            return vendor_roles(self)
        today = timezone.localdate()
        return [assignment for assignment in self.role_assignments.all() if assignment.is_in_force(today)]

    def is_current(self, day: date) -> bool:
        """Whether the account may be used on `day`. A leaver's last day is `ends_on`; it stops at the next 0:00."""
        return self.is_active and _covers(self.starts_on, self.ends_on, day)


def vendor_roles(user: User) -> list[RoleAssignment]:
    """A visitor of the vendor holds no role of the prefecture; the window's pages stand for some."""
    from accounts.vendor import roles_for

    return roles_for(user)


class RoleAssignment(models.Model):
    """A role from one day to another, for one school, one 係・担当 (`sections`) or (empty code) for the whole of the prefecture."""

    user = models.ForeignKey(User, verbose_name="利用者", on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField("役割", max_length=20, choices=Role.choices)
    school_code = models.CharField("学校コード", max_length=13, blank=True, help_text="空欄は団体の全学校です。")
    starts_on = models.DateField("開始日")
    ends_on = models.DateField("終了日", null=True, blank=True, help_text="この日まで有効です。")
    training_on = models.DateField("研修受講日", null=True, blank=True)
    acting_for = models.ForeignKey(
        User, verbose_name="代決・代理の相手", null=True, blank=True, on_delete=models.CASCADE, related_name="deputies"
    )
    ended_at = models.DateTimeField("代決・代理を終えた日時", null=True, blank=True)
    created_at = models.DateTimeField("付与日時", auto_now_add=True)

    class Meta:
        verbose_name = "役割の付与"
        ordering = ["role", "school_code", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="role_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(acting_for=None) | (~Q(acting_for=F("user")) & Q(ends_on__isnull=False)),
                name="deputy_is_another_and_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(school_code="") | Q(role__in=sorted(LIMITED_ROLES)),
                name="role_of_all_schools_or_held_to_one",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "school_code"], condition=Q(ends_on=None), name="one_open_role_per_school"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}{f' {self.school_code}' if self.school_code else ''}"

    def is_in_force(self, day: date) -> bool:
        """Within its dates, and for 個人番号取扱者 trained within the last year.

        A deputy's also until it was taken back, and only while the account of whom they stand in for may be used: nobody
        acts in the place of somebody who has left.
        """
        if self.ended_at is not None or not _covers(self.starts_on, self.ends_on, day) or not self.is_trained(day):
            return False
        return self.acting_for is None or self.acting_for.is_current(day)

    def is_trained(self, day: date) -> bool:
        if self.role != Role.NUMBER_HANDLER:
            return True
        return self.training_on is not None and self.training_on <= day < self.training_ends_on(self.training_on)

    @staticmethod
    def training_ends_on(training_on: date) -> date:
        """The first day on which the training no longer counts."""
        return training_on + timedelta(days=TRAINING_VALID_DAYS)


def _covers(starts_on: date | None, ends_on: date | None, day: date) -> bool:
    return (starts_on is None or starts_on <= day) and (ends_on is None or day <= ends_on)
