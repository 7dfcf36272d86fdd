"""Forms of the pages of 副本."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms import JapaneseDateField
from domain.linkage.models import CopyLine, ProvisionRule
from web.fields import FreeTextField

NOTE = 400


class CopyLineForm(forms.Form):
    """What a person found out about a refused or unknown line."""

    act = forms.ChoiceField(label="処理", widget=forms.RadioSelect)
    record_number = FreeTextField(
        label="副本番号", required=False, max_length=40, help_text="登録されていたときに、端末に表示された番号。"
    )
    note = FreeTextField(
        label="理由",
        max_length=NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="何を見て判断したかを書いてください。個人番号は書かないでください。",
    )

    def __init__(self, data: Any, *, line: CopyLine) -> None:
        super().__init__(data)
        refused = line.state == CopyLine.State.REFUSED
        choices = (
            [("corrected", "登録できない原因を直した（次の一覧に入れる）")]
            if refused
            else [("done", "端末で確かめた。登録されていた"), ("not_done", "端末で確かめた。登録されていなかった")]
        )
        self.fields["act"] = forms.ChoiceField(label="処理", choices=choices, widget=forms.RadioSelect)
        if refused or line.act != CopyLine.Act.ADD:
            del self.fields["record_number"]


class ProvisionRuleForm(forms.Form):
    """The rules of providing from a day on."""

    starts_on = JapaneseDateField(label="適用開始日")
    provided = forms.ChoiceField(label="副本", choices=[("yes", "登録する"), ("no", "登録しない")])
    two_people_answer = forms.ChoiceField(
        label="保留された照会への回答", choices=[("yes", "別の人が承認する"), ("no", "一人で回答する")]
    )
    answer_days = forms.IntegerField(label="回答の期限（日）", min_value=1, max_value=60, initial=3)
    record_years = forms.IntegerField(
        label="情報提供等記録の保存年数", min_value=7, max_value=100, initial=7,
        help_text="7年より短くはできません（番号法施行令29条。年数は未確認）。",
    )  # fmt: skip
    basis = FreeTextField(
        label="根拠", required=False, max_length=200, help_text="空欄のときは、年度定義にある法令の根拠を使います。"
    )
    notice = FreeTextField(label="通知・理由", max_length=200, help_text="元になった通知や決裁の名前と日付。")

    def as_rule(self) -> ProvisionRule:
        typed = self.cleaned_data
        return ProvisionRule(
            starts_on=typed["starts_on"],
            provided=typed["provided"] == "yes",
            two_people_answer=typed["two_people_answer"] == "yes",
            answer_days=typed["answer_days"],
            record_years=typed["record_years"],
            basis=typed["basis"],
            notice=typed["notice"],
        )
