"""What a person chooses for a run."""

from __future__ import annotations

from typing import Any

from django import forms

from domain.impact.choosing import choices
from domain.impact.models import ImpactRun
from web.forms import Form


class RunForm(Form):
    """Kind of run and the pack to try."""

    mode = forms.ChoiceField(label="試算の種類", choices=ImpactRun.Mode.choices)
    choice = forms.ChoiceField(
        label="試す年度定義",
        help_text="影響試算では、いま適用中の定義と比べます。支給の再計算では、支給済みの額と比べます。",
    )

    def __init__(self, *args: Any, fiscal_year: int, **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["choice"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices(fiscal_year)
