"""What is typed and handed in around hardware tokens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.services.attempts import canonical_username
from web.fields import FreeTextField
from web.forms import Form
from web.text import normalise_digits

MAX_BYTES = 2 * 1024 * 1024
_QUIET = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class SeedFileForm(Form):
    file = forms.FileField(
        label="種のファイル",
        help_text="製造者から届いたCSV（製造番号,種,製造者）かPSKC（XML）。",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xml,.pskc,.pskcxml"}),
    )
    secret = forms.CharField(
        label="PSKCの合言葉（鍵）",
        required=False,
        strip=False,
        max_length=256,
        help_text="封のあるPSKCのときだけ。別に届いたものを入力します。",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError("ファイルが大きすぎます（2MBまで）。")
        return file


class AssignTokenForm(Form):
    serial = FreeTextField(label="製造番号", max_length=40, widget=forms.TextInput(attrs=_QUIET))
    username = FreeTextField(label="職員ID", max_length=60, widget=forms.TextInput(attrs=_QUIET))

    def clean_serial(self) -> str:
        return normalise_digits(self.cleaned_data["serial"]).strip()

    def clean_username(self) -> User:
        found = User.objects.filter(username=canonical_username(self.cleaned_data["username"]), is_active=True).first()
        if found is None:
            raise ValidationError("この職員IDの利用者はいません。利用者の一覧で確かめてください。")
        return found
