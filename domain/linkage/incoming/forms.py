"""Forms of the pages of held inquiries and records."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms import JapaneseDateField
from domain.linkage.forms import PeriodForm
from domain.linkage.models import HeldInquiry
from web.fields import FreeTextField
from web.forms import Form

NOTE = 100


class AnswerForm(Form):
    """A clerk's answer, the second person's yes to it, or taking it back."""

    act = forms.ChoiceField(
        choices=[("decide", "回答する"), ("approve", "承認する"), ("take_back", "取り消す")], widget=forms.HiddenInput
    )
    decision = forms.ChoiceField(
        label="回答",
        choices=[choice for choice in HeldInquiry.Decision.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"required": "「提供する」か「提供しない」を選んでください。"},
    )
    note = FreeTextField(
        label="理由",
        max_length=NOTE,
        help_text="何を確かめたか。個人番号は書かないでください。",
        error_messages={"required": "回答の理由を入力してください（例: 本人の申出を確かめた）。"},
    )

    def __init__(self, data: Any = None) -> None:
        """An approval repeats the decision alone, and taking back says neither."""
        super().__init__(data)
        decides = data is None or data.get("act") == "decide"
        self.fields["decision"].required = self.fields["note"].required = decides


class AskedPeriodForm(PeriodForm):
    """Records are chosen by the day of the inquiry (`asked_at`), whichever side asked."""

    first = JapaneseDateField(
        label="照会日（から）",
        help_text="情報を照会した日です。提供した日や、この画面に届いた日ではありません。",
        error_messages={"required": "始めの日を入力してください。"},
    )
    last = JapaneseDateField(label="照会日（まで）", error_messages={"required": "終わりの日を入力してください。"})


class DisclosureForm(AskedPeriodForm):
    """Of which days the records of one person are printed."""


class RecordSearchForm(AskedPeriodForm):
    """Which records: asked in a period, of one household, with one body. Posted: a household's number stands in no address."""

    household = FreeTextField(label="世帯番号", required=False, max_length=20)
    party = FreeTextField(label="相手機関", required=False, max_length=60)
