"""What people hand in or type on these pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from accounts.permissions import Permission
from domain.households.models import School
from domain.households.queries import HOUSEHOLD_STATES, STATES, schools_for
from domain.households.services import MAX_ROSTER_BYTES
from web.text import digits_like_number


class SchoolChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A school that the person may use a permission for."""

    def __init__(self, user: User, permission: Permission) -> None:
        schools = schools_for(user, permission)
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


class RosterForm(forms.Form):
    """Hand in a roster."""

    def __init__(self, user: User, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["school"] = SchoolChoice(user, Permission.IMPORT_ROSTER)
        self.fields["file"] = LimitedFile(
            "名簿", ".xlsx", MAX_ROSTER_BYTES, "名簿様式のExcelブック（.xlsx）。個人番号を書いた名簿は受け取りません。"
        )


class SearchForm(forms.Form):
    """Words are posted, so that a name stands in no address and no log of addresses."""

    text = forms.CharField(
        label="氏名・かな・世帯番号",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if digits_like_number(text):
            self.data = {**self.data, "text": ""}
            raise ValidationError("個人番号では検索できません。氏名、かな、世帯番号のどれかを入力してください。")
        return text


def state_words() -> dict[str, str]:
    """Key in the address → word of the chip."""
    return {key: word for key, (word, _) in {**STATES, **HOUSEHOLD_STATES}.items()}
