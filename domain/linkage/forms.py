"""Forms of the link's pages."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from accounts.forms import JapaneseDateField
from domain.linkage.models import Inquiry, ItemRule
from domain.linkage.settling import possible_settlements
from web.fields import FreeTextField
from web.forms import Form

OPERATOR_TITLES = {
    "staff_number": "統合宛名システムの職員番号",
    "organisation_number": "組織番号",
    "approval_number": "決裁番号",
}
ASK_AGAIN = "ask_again"
NOTE = 400


class OperatorForm(Form):
    """職員情報 that this prefecture's 統合宛名 wants with every submission; nothing where it wants none."""

    def __init__(self, *arguments: Any, required_items: frozenset[str] = frozenset(), **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, title in OPERATOR_TITLES.items():
            if name in required_items:
                self.fields[name] = FreeTextField(label=title, max_length=40)


class SettleForm(Form):
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


class ByHandForm(Form):
    """What was keyed at 統合宛名 by hand."""

    note = FreeTextField(
        label="変更した内容",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="いつ、どの端末で、何を変更したかを書いてください。個人番号は書かないでください。",
    )


class StopWaitingForm(Form):
    """Why nobody waits any longer for the answers of a batch."""

    note = FreeTextField(
        label="理由",
        max_length=100,
        help_text="統合宛名の担当に確かめた日と、その答えを書いてください。個人番号と氏名は書かないでください。",
    )


class DecideTargetsForm(Form):
    """承認 of exactly the list that is shown, or 取下げ with a reason."""

    act = forms.ChoiceField(choices=[("approve", "承認する"), ("withdraw", "取り下げる")], widget=forms.HiddenInput)
    digest = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)
    reason = FreeTextField(
        label="取り下げる理由",
        max_length=NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "取り下げる理由を入力してください。"},
    )

    def __init__(self, data: Any = None) -> None:
        """An approval needs no words."""
        super().__init__(data)
        self.fields["reason"].required = data is None or data.get("act") != "approve"


class ItemRuleForm(Form):
    """A rule of one item from a day on."""

    kind = forms.ChoiceField(label="照会項目", choices=ItemRule.Kind.choices)
    starts_on = JapaneseDateField(label="適用開始日")
    asked = forms.ChoiceField(label="照会", choices=[("yes", "照会する"), ("no", "照会を止める")])
    needs_consent = forms.ChoiceField(label="本人の同意", choices=[("no", "要らない"), ("yes", "要る")])
    basis = FreeTextField(
        label="根拠", required=False, max_length=200, help_text="空欄のときは、年度定義にある法令の根拠を使います。"
    )
    notice = FreeTextField(label="通知・理由", max_length=200, help_text="止める・始める元になった通知の名前と日付。")

    def as_rule(self) -> ItemRule:
        typed = self.cleaned_data
        return ItemRule(
            kind=typed["kind"],
            starts_on=typed["starts_on"],
            asked=typed["asked"] == "yes",
            needs_consent=typed["needs_consent"] == "yes",
            basis=typed["basis"],
            notice=typed["notice"],
        )


class ConsentForm(Form):
    """同意 of one person to one item."""

    household = FreeTextField(label="世帯番号", max_length=20)
    key = FreeTextField(label="構成員番号", max_length=10)
    kind = forms.ChoiceField(label="照会項目", choices=ItemRule.Kind.choices)
    given_on = JapaneseDateField(label="同意日")
    evidence = FreeTextField(label="確かめた書類", max_length=200, help_text="例: 同意書 令和7年度-12")


class WithdrawConsentForm(Form):
    """撤回 of a consent."""

    consent = forms.IntegerField(widget=forms.HiddenInput)


class PeriodForm(Form):
    """From a day to a day, both included."""

    first = JapaneseDateField(label="送信日（から）")
    last = JapaneseDateField(label="送信日（まで）")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("first") and typed.get("last") and typed["last"] < typed["first"]:
            self.add_error("last", "始めの日以後の日にしてください。")
        return typed
