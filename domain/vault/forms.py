"""What people hand in or state on the vault's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from accounts.forms import JapaneseDateField
from accounts.models import User
from accounts.permissions import Permission
from domain.households.forms import LimitedFile, SchoolChoice
from domain.households.models import Member
from domain.vault import duties
from domain.vault.desk.changing import REASONS
from domain.vault.desk.entering import Typed
from domain.vault.models import PersonNumber, PurgeRun, VaultSettings
from domain.vault.services import MAX_DEPOSIT_BYTES
from web.fields import FreeTextField
from web.forms import Form


class DepositForm(Form):
    """Hand in a sealed file of individual numbers."""

    def __init__(self, user: User, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["school"] = SchoolChoice(user, Permission.IMPORT_NUMBERS)
        self.fields["file"] = LimitedFile(
            "封緘ファイル",
            ".sealed",
            MAX_DEPOSIT_BYTES,
            "学校で封緘した番号ファイル。登録のあと、ファイルは消去します。",
        )


class RevealForm(Form):
    """For what a number is looked at: both are written into the trail."""

    field = forms.ChoiceField(label="表示する番号", choices=PersonNumber.Field.choices)
    duty = forms.ChoiceField(label="事務コード", choices=[("", "選んでください"), *duties.choices()])
    case = FreeTextField(
        label="案件番号または理由",
        max_length=100,
        help_text="案件番号、または10文字以上の理由。氏名や番号は書かないでください。",
        error_messages={"number": "番号らしい12桁の数字は書けません。案件番号か理由を入力してください。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NeverShownAgain(forms.TextInput):
    """An input whose content is not put back into the page: a typed number goes to the server and nowhere else.

    Pasting is allowed in both inputs (WCAG 2.2, 3.3.8); that they agree is checked on the server.
    """

    render_value = False
    lost_as = "個人番号"

    def __init__(self) -> None:
        super().__init__(
            {"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false", "autocapitalize": "off"}
        )

    def format_value(self, value: Any) -> None:
        return None


def _number_input(label: str, *, required: bool) -> forms.CharField:
    return forms.CharField(label=label, required=required, widget=NeverShownAgain())


def _identity() -> forms.ChoiceField:
    choices = [("", "選んでください"), *PersonNumber.Identity.choices]
    return forms.ChoiceField(label="本人確認の方法", choices=choices, help_text="番号法第16条の確認をした方法です。")


class DeskForm(Form):
    """Two inputs for each member of a household who has no number yet."""

    identity = _identity()

    def __init__(self, members: list[Member], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.members = members
        for member in members:
            whose = f"構成員 {member.key} {member.name}の個人番号"
            self.fields[f"first_{member.pk}"] = _number_input(whose, required=False)
            self.fields[f"second_{member.pk}"] = _number_input(f"{whose}（確認のためもう一度）", required=False)

    def rows(self) -> list[tuple[Member, BoundField, BoundField]]:
        return [(member, self[f"first_{member.pk}"], self[f"second_{member.pk}"]) for member in self.members]

    def typed(self) -> dict[int, Typed]:
        given = self.cleaned_data
        return {m.pk: Typed(given[f"first_{m.pk}"], given[f"second_{m.pk}"]) for m in self.members}


class ChangeForm(Form):
    """A number in the place of another one."""

    because = forms.ChoiceField(
        label="変更の理由",
        choices=[("", "選んでください"), *[(reason.value, reason.label) for reason in REASONS]],
    )
    on = JapaneseDateField(label="変更日", help_text="新しい番号が有効になった日。誤りの訂正のときは、訂正する日。")
    first = _number_input("変更後の個人番号", required=True)
    second = _number_input("変更後の個人番号（確認のためもう一度）", required=True)
    identity = _identity()


class SettleForm(Form):
    note = FreeTextField(
        label="確認の結果",
        max_length=200,
        help_text="どちらの番号だったか、どう直したか。番号そのものは書かないでください。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ListForm(Form):
    """Ask for a list of whose 個人番号 a job may open: everybody whose number is still to be told to 統合宛名."""

    duty = forms.ChoiceField(label="事務コード", choices=[("", "選んでください"), *duties.choices()])
    case = FreeTextField(
        label="案件番号または理由",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="氏名や番号は書かないでください。",
    )


class DisposalForm(Form):
    rule = forms.ChoiceField(
        label="廃棄の規則",
        choices=[(rule.value, rule.label) for rule in (PurgeRun.Rule.LEFT, PurgeRun.Rule.FORMER, PurgeRun.Rule.SHRED)],
    )


class ModeForm(Form):
    """保管の決まり of the prefecture, to be proposed."""

    mode = forms.ChoiceField(label="保有形態", choices=VaultSettings.Mode.choices)
    keeps_unified = forms.BooleanField(
        label="保有しない場合も、団体内統合宛名番号は保管する",
        required=False,
        help_text="法令上は個人番号と同じ扱いです。",
    )
    needs_list = forms.BooleanField(label="処理で番号を使う前に、承認済みの対象者一覧を求める", required=False)
    keep_years = forms.IntegerField(
        label="保管年数", min_value=1, max_value=30, help_text="団体の文書管理の定めによる年数（年度末から数えます）。"
    )

    @classmethod
    def of(cls, rules: VaultSettings) -> ModeForm:
        """Filled with the rules in force."""
        return cls(initial={name: getattr(rules, name) for name in cls.base_fields})
