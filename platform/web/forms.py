"""The base of every form: what Django would say of a wrong field in general words, said with the field's name and what to do.

Only Django's own messages are replaced (they are lazy translations); words that a form or a field of ours says stay as they are.
"""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.functional import Promise

Row = TypeVar("Row", bound=Model)

CHOSEN: Final = (forms.ChoiceField, forms.ModelChoiceField, forms.FileField)
FIGURES: Final = (forms.IntegerField, forms.FloatField, forms.DecimalField)
MOMENTS: Final = (forms.DateField, forms.DateTimeField, forms.TimeField)
WORDS: Final = {
    "invalid_choice": "{name}を、表示されている中から選び直してください。",
    "invalid_list": "{name}を、表示されている中から選び直してください。",
    "invalid_pk_value": "{name}を、表示されている中から選び直してください。",
    "min_value": "{name}は{limit_value}以上にしてください。",
    "max_value": "{name}は{limit_value}以下にしてください。",
    "min_length": "{name}は{limit_value}文字以上で入力してください（いまは{show_value}文字）。",
    "max_length": "{name}は{limit_value}文字以内で入力してください（いまは{show_value}文字）。",
    "empty": "{name}の中身が空です。中身のあるファイルを選び直してください。",
    "missing": "{name}を送れませんでした。ファイルを選び直してください。",
    "unique": "同じ{name}が、もう登録されています。別の{name}を入力するか、登録済みのものを使ってください。",
}
"""By the code of Django's message. `limit_value` and `show_value` are what Django counted."""

_TAIL = re.compile(r"（[^（）]*）$")
_PLAIN = re.compile(r"[^ぁ-ん、。「」？]+")


def name_of(label: str) -> str:
    """The label as a noun in a sentence: 氏名; in brackets where it would not read as one: 「いつまで」."""
    bare = _TAIL.sub("", label) or label
    return bare if _PLAIN.fullmatch(bare) else f"「{bare}」"


def words_for(field: forms.Field, label: str, code: str, params: dict[str, Any]) -> str:
    """What is wrong with the field and what to do, for a message of Django's own."""
    name = name_of(label)
    if code == "required":
        return _needed(field, name)
    if code == "invalid" or code not in WORDS:
        return _unreadable(field, name)
    if code == "max_length" and isinstance(field, forms.FileField):
        return f"{name}の名前を{field.max_length}文字以内に短くして、選び直してください。"
    return WORDS[code].format(name=name, **{key: params.get(key, "") for key in ("limit_value", "show_value")})


def _needed(field: forms.Field, name: str) -> str:
    if isinstance(field, forms.BooleanField):
        return f"{name}に印を付けてください。"
    return f"{name}を選んでください。" if isinstance(field, CHOSEN) else f"{name}を入力してください。"


def _unreadable(field: forms.Field, name: str) -> str:
    if isinstance(field, FIGURES):
        return f"{name}は数字で入力してください（例: 12）。"
    if isinstance(field, MOMENTS):
        return f"{name}は日付や時刻として読めません。例のとおりに入力し直してください。"
    return (
        f"{name}を読み取れません。確かめて、{'選び直して' if isinstance(field, CHOSEN) else '入力し直して'}ください。"
    )


class OurWords(forms.BaseForm):
    """Mixed into both kinds of form. Every error comes through `add_error`, whoever found it."""

    def add_error(self, field: str | None, error: Any) -> None:
        given = error if isinstance(error, ValidationError) else ValidationError(error)
        if hasattr(given, "error_dict"):
            for name, several in given.error_dict.items():
                self._word(name, several)
        else:
            self._word(field, given.error_list)
        super().add_error(field, given)

    def _word(self, name: str | None, errors: list[ValidationError]) -> None:
        if name not in self.fields:
            return
        label = str(self[name].label)
        for one in errors:
            if isinstance(one.message, Promise):
                one.message = words_for(self.fields[name], label, one.code or "", dict(one.params or {}))
                one.params = None


class Form(OurWords, forms.Form):
    """`forms.Form` with our words."""


class ModelForm(OurWords, forms.ModelForm[Row]):
    """`forms.ModelForm` with our words."""
