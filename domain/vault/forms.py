"""What people hand in or state on the vault's pages."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from accounts.permissions import Permission
from domain.households.forms import LimitedFile, SchoolChoice
from domain.vault import duties
from domain.vault.models import PersonNumber
from domain.vault.services import MAX_DEPOSIT_BYTES
from web.fields import FreeTextField


class DepositForm(forms.Form):
    """Hand in a sealed file of individual numbers."""

    def __init__(self, user: User, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["school"] = SchoolChoice(user, Permission.IMPORT_NUMBERS)
        self.fields["file"] = LimitedFile(
            "封緘ファイル",
            ".sealed",
            MAX_DEPOSIT_BYTES,
            "学校で封緘した番号ファイル。登録のあと、ファイルは消去します。",
        )


class RevealForm(forms.Form):
    """For what a number is looked at: both are written into the trail."""

    field = forms.ChoiceField(label="表示する番号", choices=PersonNumber.Field.choices)
    duty = forms.ChoiceField(label="事務コード", choices=[("", "選んでください"), *duties.choices()])
    case = FreeTextField(
        label="案件番号または理由",
        max_length=100,
        help_text="案件番号、または10文字以上の理由。氏名や番号は書かないでください。",
        error_messages={"number": "番号らしい12けたの数字は書けません。案件番号か理由を入力してください。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
