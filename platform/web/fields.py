"""Form fields of the whole product."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from web.text import digits_like_number

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
