"""No form says what Django says of a wrong field: each message names the field and says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.functional import Promise

from tests.platform.web.test_fields import _form_classes
from web.forms import Form, ModelForm, name_of, words_for


def test_every_form_of_the_product_stands_on_the_base_with_our_words() -> None:
    classes = list(_form_classes())
    assert len(classes) > 70
    assert [one.__qualname__ for one in classes if not issubclass(one, (Form, ModelForm))] == []


def _fields() -> Iterator[tuple[str, forms.Field]]:
    for one in _form_classes():
        for name, field in one.base_fields.items():  # type: ignore[attr-defined]
            yield f"{one.__name__}.{name}", field


def test_every_message_of_djangos_own_gets_words_that_name_the_field() -> None:
    """All fields of all forms, all codes that the field itself and its validators know."""
    walked, wrong = 0, []
    for where, field in _fields():
        codes = {code for code, said in field.error_messages.items() if isinstance(said, Promise)}
        codes |= {check.code for check in field.validators if hasattr(check, "code")}
        for code in codes:
            walked += 1
            label = str(field.label or where)
            said = words_for(field, label, code, {"limit_value": 3, "show_value": 5})
            if name_of(label) not in said or "ください" not in said or "フィールド" in said:
                wrong.append(f"{where} {code}: {said}")
    assert walked > 300
    assert wrong == []


class Everything(Form):
    name = forms.CharField(label="氏名", max_length=3)
    until = forms.CharField(label="いつまで（この日の終わりまで）")
    role = forms.ChoiceField(label="役割", choices=[("a", "A")])
    port = forms.IntegerField(label="ポート番号", max_value=65_535)
    agreed = forms.BooleanField(label="読みました。守ります。")
    book = forms.FileField(label="名簿")
    ours = forms.CharField(label="理由", error_messages={"required": "理由を一言。"})

    def clean_name(self) -> str:
        if self.cleaned_data["name"] == "山":
            raise ValidationError("氏と名の両方を入力してください。")
        return str(self.cleaned_data["name"])


@pytest.mark.parametrize(
    ("typed", "files", "told"),
    [
        (
            {},
            {},
            {
                "name": "氏名を入力してください。",
                "until": "「いつまで」を入力してください。",
                "role": "役割を選んでください。",
                "port": "ポート番号を入力してください。",
                "agreed": "「読みました。守ります。」に印を付けてください。",
                "book": "名簿を選んでください。",
                "ours": "理由を一言。",
            },
        ),
        (
            {"name": "山田太郎", "role": "123456789018", "port": "x"},
            {"book": SimpleUploadedFile("a", b"")},
            {
                "name": "氏名は3文字以内で入力してください（いまは4文字）。",
                "role": "役割を、表示されている中から選び直してください。",
                "port": "ポート番号は数字で入力してください（例: 12）。",
                "book": "名簿の中身が空です。中身のあるファイルを選び直してください。",
            },
        ),
        ({"name": "山", "port": "70000"}, {}, {
            "name": "氏と名の両方を入力してください。", "port": "ポート番号は65535以下にしてください。",
        }),
    ],
)  # fmt: skip
def test_a_wrong_field_is_told_by_its_name(typed: dict[str, str], files: Any, told: dict[str, str]) -> None:
    errors = Everything(typed, files).errors
    assert {name: list(errors[name]) for name in told} == {name: [words] for name, words in told.items()}


def test_a_model_form_says_it_as_well(in_a: Any) -> None:
    from accounts.forms import UserForm

    errors = UserForm({}).errors
    assert errors
    assert not [said for several in errors.values() for said in several if "フィールド" in said]
