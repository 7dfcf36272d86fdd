"""Forms of the link's pages."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from domain.linkage.models import Inquiry
from domain.linkage.settling import possible_settlements
from web.fields import FreeTextField

OPERATOR_TITLES = {
    "staff_number": "統合宛名システムの職員番号",
    "organisation_number": "組織番号",
    "approval_number": "決裁番号",
}
ASK_AGAIN = "ask_again"
NOTE = 400


class OperatorForm(forms.Form):
    """職員情報 that this prefecture's 統合宛名 wants with every submission; nothing where it wants none."""

    def __init__(self, *arguments: Any, required_items: frozenset[str] = frozenset(), **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, title in OPERATOR_TITLES.items():
            if name in required_items:
                self.fields[name] = FreeTextField(label=title, max_length=40)


class SettleForm(forms.Form):
    """What the person decides, and why."""

    settlement = forms.ChoiceField(label="処理", widget=forms.RadioSelect)
    note = FreeTextField(
        label="理由",
        max_length=NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="何を見て判断したかを書いてください。あとから確かめる人が読みます。個人番号は書かないでください。",
    )

    def __init__(self, *arguments: Any, inquiry: Inquiry, **options: Any) -> None:
        super().__init__(*arguments, **options)
        choices = [(str(choice.value), str(choice.label)) for choice in possible_settlements(inquiry)]
        asked = inquiry.state not in (Inquiry.State.WAITING, Inquiry.State.SENT)
        again = [(ASK_AGAIN, "もう一度照会する")] if asked else []
        cast("forms.ChoiceField", self.fields["settlement"]).choices = [*choices, *again]
