"""Handing in a sample file."""

from __future__ import annotations

from typing import Any

from django import forms

from domain.atena_trials.models import OfferedVersion, SampleFile
from domain.atena_trials.services import MOST_BYTES
from domain.households.forms import LimitedFile

_CHOOSE = {"required": "選んでください。", "invalid_choice": "選べる値の中から選んでください。"}


class SampleForm(forms.Form):
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
        self.fields["file"] = LimitedFile(
            "見本ファイル",
            "",
            MOST_BYTES,
            "統合宛名システムが出力したファイルをそのまま（5MBまで）。封緘して保管し、運用者には渡りません。",
        )
