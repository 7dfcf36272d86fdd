"""What is typed to keep a 係・担当."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts import schools
from accounts.forms import JapaneseDateField
from accounts.models import Section
from web.fields import FreeTextField
from web.forms import Form


class SectionForm(Form):
    section = forms.ChoiceField(label="変える係・担当", required=False)
    name = FreeTextField(label="名称", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    school_codes = forms.MultipleChoiceField(label="受け持つ学校", widget=forms.CheckboxSelectMultiple)
    starts_on = JapaneseDateField(label="開始日")
    ends_on = JapaneseDateField(
        label="終了日", required=False, help_text="この日まで受け持ちます。空欄は期限なしです。"
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        known = [(str(one.pk), one.name) for one in Section.objects.all()]
        self.fields["section"] = forms.ChoiceField(
            label="変える係・担当", required=False, choices=[("", "新しい係・担当"), *known]
        )
        self.fields["school_codes"] = forms.MultipleChoiceField(
            label="受け持つ学校", choices=schools.choices(), widget=forms.CheckboxSelectMultiple
        )
