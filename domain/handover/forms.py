"""What people state at the medium."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from domain.handover.models import CarriedFile, CarryAct
from domain.handover.terminal.evidence import LONGEST_START, MOST_BYTES, Upload, media_type_of
from web.fields import FreeTextField
from web.forms import Form

MAX_FILES = 100
MAX_FILE_BYTES = 20 * 1024 * 1024
_TYPED = {"autocomplete": "off"}


class ReleaseForm(Form):
    """承認番号 and the medium."""

    approval_number = FreeTextField(
        label="承認番号（決裁番号）",
        max_length=40,
        help_text="媒体の使用を承認した決裁の番号です。",
        widget=forms.TextInput(attrs=_TYPED),
    )
    medium = FreeTextField(
        label="媒体の管理番号",
        max_length=40,
        help_text="媒体に貼った管理番号です。",
        widget=forms.TextInput(attrs=_TYPED),
    )


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PackagesField(forms.FileField):
    """Several packages of one medium."""

    widget = _SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """The files; at most MAX_FILES, each at most MAX_FILE_BYTES."""
        given = data if isinstance(data, list | tuple) else [data]
        if len(given) > MAX_FILES:
            raise ValidationError(f"一度に取り込めるのは{MAX_FILES}ファイルまでです。分けて取り込んでください。")
        found = [super(PackagesField, self).clean(one, initial) for one in given]
        if any((one.size or 0) > MAX_FILE_BYTES for one in found):
            raise ValidationError(f"ファイルが大きすぎます（{MAX_FILE_BYTES // 1024 // 1024}MBまで）。")
        return found


class TakeInForm(ReleaseForm):
    """What came back on a medium."""

    packages = PackagesField(
        label="媒体のファイル（.pkg）",
        help_text="媒体の from_atena にあるファイルを、すべて選んでください。",
        widget=_SeveralFiles(attrs={"accept": ".pkg"}),
    )


class EraseForm(ReleaseForm):
    """Which files of which medium were erased, and how."""

    method = forms.ChoiceField(label="消去の方法", choices=[("", "選んでください"), *CarryAct.Method.choices])

    def __init__(self, on_media: Iterable[CarriedFile], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["packages"] = forms.TypedMultipleChoiceField(
            label="消去したファイル",
            choices=[(str(file.pk), f"{file.name}（{file.act.medium}）") for file in on_media],
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
        )


class CopyField(forms.FileField):
    """A print or photograph of what the terminal showed; what it is, its content says."""

    def __init__(self) -> None:
        super().__init__(
            label="証拠書類の写し",
            required=False,
            help_text="PDF・PNG・JPEGのどれか1つ（5MBまで、任意）。個人番号と、支援措置の世帯の住所は隠してから添付します。",
            widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
            error_messages={"empty": "ファイルが空です。写しを作り直して、選び直してください。"},
        )

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        """None where nothing is attached."""
        file: UploadedFile[Any] | None = super().clean(data, initial)
        if not file:
            return None
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(
                "ファイルが大きすぎます（5MBまで）。画像を小さくするか、白黒で読み取り直してください。"
            )
        content = file.read()
        kind = media_type_of(content[:LONGEST_START])
        if kind is None:
            raise ValidationError(
                "中身がPDF・PNG・JPEGではありません（名前の末尾では判断しません）。PDFか画像で保存し直してください。"
            )
        return Upload(file.name or "", kind, content)


class EvidenceForm(Form):
    """What proves an entry: 決裁 or the number of the kept print, and a copy of it. A draft needs neither."""

    def __init__(self, *arguments: Any, draft: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["evidence"].required = not draft
        self.fields["copy"] = CopyField()

    evidence = FreeTextField(
        label="証拠書類の番号",
        max_length=60,
        help_text="決裁番号、または端末の画面を写した書類の番号です。",
        widget=forms.TextInput(attrs=_TYPED),
    )
