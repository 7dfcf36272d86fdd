"""Handing in a sample file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from domain.atena_trials.models import OfferedVersion, SampleFile
from domain.atena_trials.services import MOST_BYTES
from web.forms import Form

_CHOOSE = {"required": "選んでください。", "invalid_choice": "選べる値の中から選んでください。"}


class SampleField(forms.FileField):
    """A few lines are enough to see whether a layout fits."""

    def __init__(self) -> None:
        super().__init__(
            label="見本ファイル",
            help_text="統合宛名システムが出力したファイルをそのまま（5MBまで）。封緘して保管し、運用者には渡りません。",
            error_messages={"required": "ファイルを選んでください。", "empty": "ファイルが空です。"},
        )

    def clean(self, data: Any, initial: Any = None) -> UploadedFile[Any]:
        file: UploadedFile[Any] = super().clean(data, initial)
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError("ファイルが大きすぎます（5MBまで）。明細の少ないファイルを出力して試してください。")
        return file


class SampleForm(Form):
    """Which version, which kind of file, and the file."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        versions = OfferedVersion.objects.defer("config")
        self.fields["offered"] = forms.ModelChoiceField(
            versions, label="設定の版", initial=versions.first(), empty_label=None, error_messages=_CHOOSE
        )
        self.fields["kind"] = forms.ChoiceField(
            label="ファイルの種類",
            choices=SampleFile.Kind.choices,
            initial=SampleFile.Kind.INQUIRY,
            error_messages=_CHOOSE,
        )
        self.fields["file"] = SampleField()
