"""Form fields of the whole product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from web.text import YenError, digits_like_number, parse_yen

REFUSED = "個人番号と同じ形の12桁の数字は書けません。取り除いてください。"


class FreeTextField(forms.CharField):
    """Words a person writes: never something like an individual number, and what was refused is not shown again.

    Every free text of every form is one of these (a test walks the forms). `error_messages["number"]` may say it in
    the words of the page.
    """

    default_error_messages = {"number": REFUSED}

    def clean(self, value: Any) -> Any:
        if isinstance(value, str) and digits_like_number(value):
            raise ValidationError(self.error_messages["number"], code="number")
        return super().clean(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """The page that comes back after a refusal does not repeat the number."""
        return "" if isinstance(data, str) and digits_like_number(data) else super().bound_data(data, initial)


class YenField(forms.CharField):
    """円, whole, from 0 to `most`; wide digits and commas are fine. Blank is None, never 0."""

    def __init__(self, *, most: int | None = None, attrs: Mapping[str, Any] | None = None, **options: Any) -> None:
        self.most = most
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", **(attrs or {})})
        super().__init__(max_length=20, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "")
        if not text:
            return None
        try:
            amount = parse_yen(text)
        except YenError as error:
            raise ValidationError(str(error)) from error
        if amount < 0:
            raise ValidationError("マイナスの金額は入力できません。0円のときは0と入力してください。")
        if self.most is not None and amount > self.most:
            raise ValidationError(f"{self.most:,}円までの金額を入力してください。")
        return amount

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}" if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != initial)
        except ValidationError:
            return True
