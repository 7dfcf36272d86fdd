"""作成する帳票 as a person chooses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.forms import JapaneseDateField
from domain.households.models import School
from domain.payments.models import PaymentRound
from domain.reports.models import OutputFile
from web.fields import FreeTextField
from web.forms import Form

OF_ROUND = (OutputFile.Kind.SLIP, OutputFile.Kind.BANK)
_ORDER = (
    OutputFile.Kind.NOTICE,
    OutputFile.Kind.STATEMENT,
    OutputFile.Kind.SLIP,
    OutputFile.Kind.LEDGER,
    OutputFile.Kind.BANK,
)


NEW, WHOLE = "new", "whole"
EVERY = "*"
"""Stands for every school the person may take files of."""


class MakeForm(Form):
    """What to make. Slips and the transfer file are of a round; all but the transfer file are of a school."""

    kind = forms.ChoiceField(label="帳票")
    school = forms.ChoiceField(label="学校", required=False)
    round = forms.ChoiceField(label="支給回", required=False)
    whole = forms.ChoiceField(
        label="決定通知書の範囲",
        required=False,
        choices=[(NEW, "新しく決定した分だけ"), (WHOLE, "全員分を作り直す")],
        help_text="決定通知書だけの選択です。新しく決定した分は、まだ通知書を作っていない決定です。",
    )

    def __init__(
        self, *arguments: Any, schools: Sequence[School], rounds: Sequence[PaymentRound], bank: bool, **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        kinds = [kind for kind in _ORDER if bank or kind != OutputFile.Kind.BANK]
        choices = {
            "kind": [("", "選んでください"), *((kind.value, kind.label) for kind in kinds)],
            "school": [
                ("", "選んでください"),
                *((school.code, school.name) for school in schools),
                (EVERY, "すべての学校"),
            ],
            "round": [("", "選んでください"), *((str(round_.pk), round_.full_title) for round_ in rounds)],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type
            field.choices = offered
            field.error_messages["invalid_choice"] = "一覧から選んでください。"
        self.fields["round"].help_text = "支給明細書と総合振込データでは必須です。支給を確定した回だけが出ます。"
        self.fields["school"].help_text = "総合振込データのほかは必須です（総合振込データは全校分を作ります）。"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        if kind in OF_ROUND and not cleaned.get("round"):
            self.add_error("round", "支給回を選んでください。まだないときは、先に支給を確定します。")
        if kind and kind != OutputFile.Kind.BANK and not cleaned.get("school"):
            self.add_error("school", "学校を選んでください。")
        return cleaned


class WordingForm(Form):
    """文面: the board's own words; the product offers none."""

    starts_on = JapaneseDateField(label="適用開始日", help_text="この日以後の日付の決定通知書に印字します。")
    instruction = FreeTextField(
        label="教示文", max_length=2000, widget=forms.Textarea(attrs={"rows": 8}), help_text="改行で段落が分かれます。"
    )
    contact = FreeTextField(
        label="問合せ先",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="1行ずつ、書いたとおりに印字します。",
    )
    sender = FreeTextField(label="発信者名", max_length=60)
    seal_omitted = forms.BooleanField(label="「（公印省略）」と印字する", required=False)
