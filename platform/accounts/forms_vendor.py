"""What is typed around a vendor's window."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.field_matrix import title_of
from accounts.forms import TotpForm, UsernameField
from accounts.models.vendor import LONGEST
from accounts.services.attempts import canonical_username
from accounts.vendor import pages_offered
from web.fields import FreeTextField
from web.forms import Form

HOURS = int(LONGEST.total_seconds() // 3600)


class WindowForm(Form):
    operator = FreeTextField(
        label="運用者の職員ID",
        max_length=40,
        help_text="運用事業者から聞いた、立ち入る1人の職員IDです。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    purpose = FreeTextField(label="目的", max_length=200, help_text="何を確かめるために立ち入るのか。")
    hours = forms.IntegerField(
        label="時間", min_value=1, max_value=HOURS, help_text=f"承認の時から何時間（{HOURS}まで）。"
    )
    pages = forms.MultipleChoiceField(
        label="見せる画面",
        widget=forms.CheckboxSelectMultiple,
        help_text="選んだ画面を見るだけです。番号の画面、ファイル、操作は開けられません。",
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        choices = [(row.name, title_of(row.name)) for row in pages_offered()]
        self.fields["pages"] = forms.MultipleChoiceField(
            label="見せる画面", choices=choices, widget=forms.CheckboxSelectMultiple,
            help_text="選んだ画面を見るだけです。番号の画面、ファイル、操作は開けられません。",
        )  # fmt: skip

    def clean_operator(self) -> str:
        return canonical_username(self.cleaned_data["operator"])


class VendorEntryForm(TotpForm):
    username = UsernameField()
    password = forms.CharField(
        label="パスワード",
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("username", "password", "token")
