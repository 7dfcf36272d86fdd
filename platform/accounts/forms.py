"""What people type on the pages of this room."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import schools
from accounts.errors import DatesInverted
from accounts.models import User
from accounts.roles import LIMITED_ROLES, SCHOOL_ROLES, Role
from accounts.services import password_term
from accounts.services.attempts import canonical_username
from accounts.services.roles import why_not_limited
from web.dates import DateError, parse_japanese_date, to_wareki_short
from web.fields import FreeTextField
from web.forms import Form, ModelForm
from web.text import normalise_digits


def _password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    """Pasting and password managers are welcome; spaces at the ends belong to the password."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, widget=widget, max_length=256, help_text=help_text)


class UsernameField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        attributes = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(label="職員ID", max_length=60, widget=forms.TextInput(attrs=attributes), **options)

    def clean(self, value: Any) -> str:
        return canonical_username(str(super().clean(value)))


class JapaneseDateField(forms.CharField):
    """令和8年4月1日, R8.4.1, 2026-04-01, 20260401 …"""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": "R8.4.1"})
        super().__init__(max_length=20, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value))
        if not text:
            return None
        try:
            return parse_japanese_date(text)
        except DateError as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        return to_wareki_short(value) if isinstance(value, date) else value


class EntryForm(Form):
    """The cursor stands in the first entry; on a refusal the summary of errors takes the focus instead.

    `focus=False` where something has to be read or looked at before anything is typed: a screen reader starts at the focus.
    """

    def __init__(self, *arguments: Any, focus: bool = True, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if focus and not self.is_bound:
            next(iter(self.fields.values())).widget.attrs["autofocus"] = True


class LoginForm(EntryForm):
    username = UsernameField()
    password = _password("パスワード", "current-password")


class TotpForm(EntryForm):
    token = forms.CharField(
        label="ワンタイムパスワード",
        max_length=20,
        help_text="認証アプリまたはトークンに表示されている6桁の番号です。",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_token(self) -> str:
        token = re.sub(r"[\s-]", "", normalise_digits(self.cleaned_data["token"]))
        if not re.fullmatch(r"[0-9]{6}", token):
            raise ValidationError("6桁の数字を入力してください（例: 123456）。")
        return token


class BackupCodeForm(EntryForm):
    code = forms.CharField(
        label="予備コード",
        max_length=40,
        help_text="4文字ずつ4組です（例: ABCD-EFGH-JKLM-NPQR）。大文字と小文字は区別しません。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class ActivationForm(Form):
    username = UsernameField()
    code = forms.CharField(
        label="利用開始コード",
        max_length=40,
        help_text="利用者管理の担当者から受け取ったコードです（例: ABCD-EFGH-JKLM-NPQR）。24時間、1回だけ使えます。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class NewPasswordForm(Form):
    password = _password(
        "新しいパスワード", "new-password", "12文字以上。覚えやすい語句をいくつかつなげた長いものが安全です。"
    )
    again = _password("新しいパスワード（確認）", "new-password")

    def clean_again(self) -> str:
        again = str(self.cleaned_data["again"])
        if self.cleaned_data.get("password") not in (None, again):
            raise ValidationError("2回の入力が違います。同じパスワードを入力してください。")
        return again


class ChangePasswordForm(NewPasswordForm):
    current = _password("今のパスワード", "current-password")
    field_order = ("current", "password", "again")

    def __init__(self, refusal_of: Callable[[str], str], *arguments: Any, **options: Any) -> None:
        """`refusal_of` says what is wrong with a typed current password, or "" when it is right; it counts the failures."""
        super().__init__(*arguments, **options)
        self.refusal_of = refusal_of

    def clean_current(self) -> str:
        current = str(self.cleaned_data["current"])
        wrong = self.refusal_of(current)
        if wrong:
            raise ValidationError(wrong)
        return current

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("password") and given.get("password") == given.get("current"):
            self.add_error("password", "今のパスワードと同じです。別のパスワードにしてください。")
        return given


class PasswordTermForm(Form):
    days = forms.IntegerField(
        label="有効日数",
        required=False,
        min_value=password_term.SHORTEST,
        max_value=password_term.LONGEST,
        help_text=f"{password_term.SHORTEST}〜{password_term.LONGEST}日。空欄は期限なしです。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class DutiesForm(Form):
    agreed = forms.BooleanField(
        label="義務と罰則を読みました。守ります。",
        error_messages={"required": "読んだことを確かめて、印を付けてください。"},
    )


FREE_TEXTS = dict.fromkeys(("username", "display_name", "kana", "section"), FreeTextField)


EVERY_SCHOOL = "*"
"""Stands for all schools in the form alone; no 学校コード looks like it."""

_KANA = re.compile(r"[ぁ-ゖァ-ヺーゝゞヽヾ・･ｦ-ﾟ\s　]*")


class UserForm(ModelForm[User]):
    starts_on = JapaneseDateField(label="利用開始日", required=False, help_text="空欄はすぐに使えます。")
    ends_on = JapaneseDateField(
        label="利用終了日", required=False, help_text="この日まで使えます。空欄は期限なしです。"
    )

    class Meta:
        model = User
        fields = ("username", "display_name", "kana", "section", "starts_on", "ends_on")
        field_classes = FREE_TEXTS
        help_texts: ClassVar[dict[str, Any]] = {
            "username": "半角の英小文字・数字と . _ - で2〜40文字（例: nara-0123）。使う人の氏名か職員番号を入れます。",
        }
        error_messages: ClassVar[dict[str, Any]] = {
            "username": {"unique": "この職員IDは既に使われています。別の職員IDを入力してください。"},
        }

    def clean_kana(self) -> str:
        text = str(self.cleaned_data["kana"]).strip()
        if not _KANA.fullmatch(text):
            raise ValidationError("ふりがなは、ひらがなかカタカナで入力してください（例: さんぷる はなこ）。")
        return text

    def clean_ends_on(self) -> date | None:
        day: date | None = self.cleaned_data["ends_on"]
        return day if day == self.instance.ends_on else refuse_past(day, self.cleaned_data.get("starts_on"))

    def clean_username(self) -> str:
        return canonical_username(self.cleaned_data["username"])


class ChangeUserForm(UserForm):
    class Meta:
        model = User
        fields = ("display_name", "kana", "section", "starts_on", "ends_on")
        field_classes = FREE_TEXTS


class PeopleSearchForm(Form):
    """Words are posted, so that a colleague's name stands in no address and no log of addresses."""

    text = FreeTextField(
        label="職員ID・氏名・所属",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"number": "個人番号では検索できません。職員ID、氏名、所属のどれかを入力してください。"},
    )
    stopped = forms.BooleanField(label="停止中も表示", required=False)


class RoleForm(Form):
    """A role to give. Nothing is chosen beforehand: a school role for every school is asked for by name."""

    role = forms.ChoiceField(label="役割")
    school_code = forms.ChoiceField(label="学校または係・担当", required=False)
    starts_on = JapaneseDateField(label="開始日", required=False, help_text="空欄は今日からです。")
    ends_on = JapaneseDateField(label="終了日", required=False, help_text="この日まで有効です。空欄は期限なしです。")
    training_on = JapaneseDateField(label="研修受講日", required=False, help_text="個人番号取扱者には必要です。")
    acting_for = FreeTextField(
        label="代決・代理の相手（職員ID）",
        required=False,
        max_length=60,
        help_text="その人の代わりに行うときだけ入力します。終了日が必要です。行った操作には「代決・代理」と付きます。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, roles: Sequence[Role], *arguments: Any, **options: Any) -> None:
        options.setdefault("auto_id", "id_role_%s")  # another form on the same page has days of the same names
        super().__init__(*arguments, **options)
        choices = [("", "選んでください"), *((role.value, role.label) for role in roles)]
        self.fields["role"] = forms.ChoiceField(
            label="役割", choices=choices, error_messages={"required": "役割を選んでください。"}
        )
        self.fields["school_code"] = _school_field()

    def clean_acting_for(self) -> User | None:
        name = canonical_username(self.cleaned_data["acting_for"])
        found = User.objects.filter(username=name, is_active=True).first() if name else None
        if name and found is None:
            raise ValidationError("この職員IDの利用者はいません。利用者の一覧で確かめてください。")
        return found

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

    def clean_ends_on(self) -> date | None:
        return refuse_past(self.cleaned_data["ends_on"], self.cleaned_data.get("starts_on"))

    def clean(self) -> dict[str, Any]:
        """`school_code` comes out as services want it: "" for the whole of the prefecture."""
        values = super().clean() or {}
        role, chosen = values.get("role"), values.get("school_code")
        if role in SCHOOL_ROLES and chosen == "":
            self.add_error(
                "school_code", "学校を選んでください。全校を受け持つ人は「すべての学校（団体全体）」を選びます。"
            )
        elif chosen == EVERY_SCHOOL:
            values["school_code"] = ""
        elif isinstance(role, Role) and (refusal := why_not_limited(role, chosen or "")):
            self.add_error("school_code", refusal)
        return values


def refuse_past(day: date | None, starts_on: date | None) -> date | None:
    """An end that is over already, or lies before its start, was meant otherwise. Raises ValidationError."""
    if day and starts_on and day < starts_on:
        raise ValidationError(str(DatesInverted()))
    if day is not None and day < timezone.localdate():
        raise ValidationError(
            "終了日が過ぎた日です。今日以後の日を入力してください。すぐに止めるときは「利用を停止する」を使います。"
        )
    return day


def _school_field() -> forms.ChoiceField:
    """The schools that are registered, and no other."""
    known = schools.places()
    named = "、".join(role.label for role in Role if role in SCHOOL_ROLES)
    others = "、".join(role.label for role in Role if role in LIMITED_ROLES - SCHOOL_ROLES)
    help_text = f"{named}では必ず選びます。{others}も限れます。ほかの役割は、いつも団体全体です。"
    if not known:
        help_text += "学校がまだ登録されていません。"
    choices = [("", "選んでください"), *known, (EVERY_SCHOOL, "すべての学校（団体全体）")]
    return forms.ChoiceField(label="学校または係・担当", required=False, choices=choices, help_text=help_text)
