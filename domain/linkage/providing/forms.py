"""Forms of the pages of 副本."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms import JapaneseDateField
from domain.linkage.models import CopyLine, ProvisionRule
from domain.linkage.providing.rules import rule_after, rules_on
from web.fields import FreeTextField
from web.forms import Form

NOTE = 400


class CopyLineForm(Form):
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
        self.fields["act"] = forms.ChoiceField(label="処理", choices=_choices(line), widget=forms.RadioSelect)
        if line.act == CopyLine.Act.DELETE:
            del self.fields["record_number"]


def _choices(line: CopyLine) -> list[tuple[str, str]]:
    deletes = line.act == CopyLine.Act.DELETE
    if line.state == CopyLine.State.REFUSED:
        deleted = [("done", "端末で削除した、または副本がないことを端末で確かめた")] if deletes else []
        return [("corrected", "登録できない原因を直した（次の一覧に入れる）"), *deleted]
    if line.state == CopyLine.State.WAITING:
        return [
            ("done", f"中間サーバーの端末で{line.get_act_display()}した"),
            ("not_done", "行わない（次の一覧で決める）"),
        ]
    word = "削除" if deletes else "登録"
    return [("done", f"端末で確かめた。{word}されていた"), ("not_done", f"端末で確かめた。{word}されていなかった")]


class TerminalForm(Form):
    """That the deletions of a list were done at the terminal."""

    act = forms.ChoiceField(choices=[("deleted", "端末で削除した")], widget=forms.HiddenInput)
    note = FreeTextField(
        label="端末での削除の記録",
        max_length=NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="だれが、いつ、どの端末で削除し、何で確かめたか。個人番号は書かないでください。",
    )


class ReportForm(Form):
    """The second person's yes to deletions at the terminal, or the withdrawal of the report with a reason."""

    act = forms.ChoiceField(
        choices=[("confirm_deletion", "確認する"), ("withdraw_deletion", "取り下げる")], widget=forms.HiddenInput
    )
    reason = FreeTextField(
        label="取り下げる理由",
        max_length=NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "取り下げる理由を入力してください。"},
    )

    def __init__(self, data: Any, *, report: int) -> None:
        """Several reports may wait on one page. A confirmation needs no words."""
        super().__init__(data, auto_id=f"id_%s_{report}")
        self.fields["reason"].required = data is None or data.get("act") != "confirm_deletion"


class ProvisionRuleForm(Form):
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


class SwitchForm(Form):
    """副本 off, or on again, from a day on; everything else stays as the rules of that day say."""

    act = forms.ChoiceField(choices=[("switch", "提案する")], widget=forms.HiddenInput, initial="switch")
    starts_on = JapaneseDateField(label="適用開始日")
    provided = forms.ChoiceField(
        label="副本",
        choices=[("no", "登録しない"), ("yes", "登録する")],
        help_text="ほかの決まりは、その日の設定のままです。",
    )
    notice = FreeTextField(label="通知・理由", max_length=200, help_text="元になった通知や決裁の名前と日付。")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("starts_on") and rules_on(typed["starts_on"]).provided == (typed.get("provided") == "yes"):
            self.add_error("provided", "その日の設定と同じです。変える内容を選んでください。")
        return typed

    def as_rule(self) -> ProvisionRule:
        typed = self.cleaned_data
        return rule_after(typed["starts_on"], provided=typed["provided"] == "yes", notice=typed["notice"])
