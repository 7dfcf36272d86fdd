"""What people hand in or type on these pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.forms import JapaneseDateField
from accounts.models import User
from accounts.permissions import Permission
from domain.households.changing import FACTS
from domain.households.models import NAME, School, StatusPeriod
from domain.households.queries import HOUSEHOLD_STATES, STATES, open_schools, schools_for
from domain.households.services import MAX_ROSTER_BYTES
from web.fields import FreeTextField
from web.forms import Form


class SchoolChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A school that the person may use a permission for, but for those closed before the working year."""

    def __init__(self, user: User, permission: Permission) -> None:
        schools = open_schools(schools_for(user, permission))
        only = schools.first() if len(schools[:2]) == 1 else None
        super().__init__(queryset=schools, label="学校", initial=only, empty_label=None if only else "選んでください")

    def label_from_instance(self, obj: School) -> str:
        return f"{obj.name}（{obj.code}）"


class LimitedFile(forms.FileField):
    """An upload of at most `most` bytes."""

    def __init__(self, label: str, accept: str, most: int, help_text: str) -> None:
        self.most = most
        widget = forms.ClearableFileInput(attrs={"accept": accept})
        super().__init__(label=label, help_text=help_text, widget=widget, allow_empty_file=False)

    def clean(self, data: Any, initial: Any = None) -> UploadedFile[Any]:
        file: UploadedFile[Any] = super().clean(data, initial)
        if (file.size or 0) > self.most:
            megabytes = self.most // (1024 * 1024)
            raise ValidationError(
                f"ファイルが大きすぎます（{megabytes}MBまで）。学校ごとに分け、画像や使わないシートを除いてください。"
            )
        return file


class RosterForm(Form):
    """Hand in a roster."""

    def __init__(self, user: User, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["school"] = SchoolChoice(user, Permission.IMPORT_ROSTER)
        self.fields["file"] = LimitedFile(
            "名簿", ".xlsx", MAX_ROSTER_BYTES, "名簿様式のExcelブック（.xlsx）。個人番号を書いた名簿は受け取りません。"
        )


class CanaryForm(Form):
    """Where a made-up household pretends to belong."""

    def __init__(self, user: User, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["school"] = SchoolChoice(user, Permission.JUDGE_ALERT)


class SearchForm(Form):
    """Words are posted, so that a name stands in no address and no log of addresses."""

    text = FreeTextField(
        label="氏名・かな・世帯番号",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"number": "個人番号では検索できません。氏名、かな、世帯番号のどれかを入力してください。"},
    )


class ReasonField(FreeTextField):
    """Why; kept with the row."""

    def __init__(self, label: str = "理由") -> None:
        attributes = {"rows": 2, "autocomplete": "off"}
        super().__init__(label=label, max_length=200, widget=forms.Textarea(attrs=attributes))


class StatusForm(Form):
    """What a row of 状況履歴 says of a pupil."""

    department = forms.ChoiceField(label="学部", choices=StatusPeriod.Department.choices)
    grade = forms.IntegerField(
        label="学年", min_value=1, max_value=6, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    class_name = FreeTextField(label="組", max_length=20, required=False)
    seat = FreeTextField(label="出席番号", max_length=5, required=False)
    attendance = forms.ChoiceField(
        label="就学状況",
        choices=[one for one in StatusPeriod.Attendance.choices if one[0] != StatusPeriod.Attendance.LEFT],
    )
    physical_multiple = forms.BooleanField(label="肢体重複", required=False)
    home_visit = forms.BooleanField(label="訪問生", required=False)
    institution_aid = forms.BooleanField(label="措置費を受けている", required=False)
    reason = ReasonField()

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("institution_aid") and self.cleaned_data.get("attendance") != "institution":
            self.add_error("institution_aid", "措置費を受けるのは施設生だけです。就学状況を確かめてください。")
        return self.cleaned_data

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS}


class StatusFromForm(StatusForm):
    """A change from a date."""

    starts_on = JapaneseDateField(label="更新日", help_text="この日から新しい状況になります。")
    field_order = ("starts_on",)


class LeavingForm(Form):
    """転出."""

    last_day = JapaneseDateField(label="転出日", help_text="在籍した最後の日。翌日から転出済になります。")
    reason = ReasonField()


class WithdrawForm(Form):
    """取消し of a row."""

    reason = ReasonField("取り消す理由")


class EnrolForm(StatusForm):
    """転入: at which school, from when."""

    field_order = ("school", "student_number", "first_day")
    student_number = FreeTextField(label="学籍番号", max_length=20)
    first_day = JapaneseDateField(label="転入学日")

    def __init__(self, user: User, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["school"] = SchoolChoice(user, Permission.IMPORT_ROSTER)
        self.order_fields(self.field_order)


class MemberMoveForm(Form):
    """When a member joined or left; blank means as long as we know, or still here."""

    joined_on = JapaneseDateField(label="世帯に入った日", required=False, help_text="前からいる人は空欄")
    left_on = JapaneseDateField(
        label="世帯を離れた日", required=False, help_text="世帯員でなくなった日。いまもいる人は空欄"
    )
    reason = ReasonField()


class MemberForm(Form):
    """Somebody who joins a household."""

    name = FreeTextField(label="氏名", max_length=NAME)
    kana = FreeTextField(label="カナ氏名", max_length=NAME)
    born = JapaneseDateField(label="生年月日")
    relation = FreeTextField(label="続柄", max_length=40)
    is_guardian = forms.BooleanField(label="保護者等", required=False)
    joined_on = JapaneseDateField(label="世帯に入った日")
    reason = ReasonField()


def state_words() -> dict[str, str]:
    """Key in the address → word of the chip."""
    return {key: word for key, (word, _) in {**STATES, **HOUSEHOLD_STATES}.items()}
