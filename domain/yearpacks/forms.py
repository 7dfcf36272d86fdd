"""What people type on the 年度定義 pages."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms import JapaneseDateField
from domain.households.forms import LimitedFile
from domain.rules import Category, Department, Ledger, PackInfo
from domain.rules.yearpack.model import OLDEST_ASKED, YOUNGEST_ASKED
from domain.yearpacks.models import Revision
from web.fields import FreeTextField, YenField
from web.forms import Form

_QUIET = {"autocomplete": "off"}
MAX_WORKBOOK_BYTES = 5 * 1024 * 1024
MOST_YEN = 99_999_999
AGE_LIMITS = (
    f"{YOUNGEST_ASKED}歳から{OLDEST_ASKED}歳までの整数で入力してください（例: 16）。0歳からの照会はできません。"
)
CATEGORIES = [(str(int(each)), each.label) for each in Category]
DEPARTMENTS = [(each.value, each.label) for each in Department]


class WordsField(FreeTextField):
    """Words kept for years: never something like an individual number."""

    def __init__(self, *, label: str, limit: int, **options: Any) -> None:
        super().__init__(label=label, max_length=limit, widget=forms.TextInput(attrs=_QUIET), **options)


class BasisForm(Form):
    """Every figure says where it comes from."""

    source = WordsField(label="出典", limit=200, help_text="額や割合を確かめた資料の名前・日付・ページ")
    article = WordsField(label="根拠条文", limit=100, required=False)


class RateForm(BasisForm):
    """支給の割合 for one item, 部 and condition: a fraction per ledger and 支弁区分."""

    departments = forms.MultipleChoiceField(
        label="同じ割合にする部", choices=DEPARTMENTS, widget=forms.CheckboxSelectMultiple
    )
    not_covered = forms.BooleanField(label="対象外とする（この経費を支給しない）", required=False)
    field_order = ("not_covered", "departments", "source", "article")

    def __init__(self, ledgers: tuple[Ledger, ...], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.ledgers = ledgers
        for ledger in ledgers:
            for category in Category:
                self.fields[share_name(ledger.name, category)] = FreeTextField(
                    label=f"{ledger.title} 区分{category.label}",
                    required=False,
                    max_length=9,
                    widget=forms.TextInput(attrs={**_QUIET, "size": 6}),
                )

    def grid(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Ledger by ledger, the three entries of its line."""
        return [(each.title, [self[share_name(each.name, category)] for category in Category]) for each in self.ledgers]

    def shares(self) -> dict[str, list[str]]:
        """What was typed."""
        return {
            each.name: [str(self.cleaned_data[share_name(each.name, category)]) for category in Category]
            for each in self.ledgers
        }


def share_name(ledger: str, category: Category) -> str:
    """Name of one entry of the grid."""
    return f"share_{ledger}_{int(category)}"


class CapForm(BasisForm):
    """限度額."""

    annual = YenField(
        label="年額",
        required=False,
        most=MOST_YEN,
        help_text="限度額がないときは空欄のまま、下の「限度額なし」を選びます。",
    )
    no_cap = forms.BooleanField(label="限度額なし", required=False)
    on = forms.ChoiceField(
        label="何に対する限度か", choices=[("expense", "使用経費に対して"), ("payment", "支給額に対して")]
    )
    departments = forms.MultipleChoiceField(
        label="同じ限度額にする部", choices=DEPARTMENTS, widget=forms.CheckboxSelectMultiple
    )
    categories = forms.MultipleChoiceField(label="支弁区分", choices=CATEGORIES, widget=forms.CheckboxSelectMultiple)
    field_order = ("annual", "no_cap", "on", "departments", "categories", "source", "article")


class CellForm(BasisForm):
    """One amount of a table of the 需要額."""

    cell = FreeTextField(
        label="年齢の範囲（歳）",
        max_length=9,
        widget=forms.TextInput(attrs=_QUIET),
        help_text="6歳から11歳までは 6-11、70歳以上は 70- と入力します。",
    )
    amount = YenField(label="金額", most=MOST_YEN)
    field_order = ("cell", "amount", "source", "article")

    def __init__(self, *arguments: Any, by_age: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not by_age:
            del self.fields["cell"]


class SpecialForm(BasisForm):
    """区分の特例."""

    action = forms.ChoiceField(
        label="扱い",
        choices=[("category", "区分を定める"), ("no_payment", "支給しない"), ("judge", "所得で判定する")],
    )
    category = forms.TypedChoiceField(
        label="定める区分", required=False, choices=[("", "―"), *CATEGORIES], coerce=int, empty_value=None
    )
    field_order = ("action", "category", "source", "article")


class PaysForm(BasisForm):
    """Whether an item is paid beside another scheme (教育扶助, 措置費)."""

    pays = forms.ChoiceField(
        label="この児童生徒に", choices=[("", "選んでください"), ("yes", "支給する"), ("no", "支給しない")]
    )
    field_order = ("pays", "source", "article")


class AgeForm(BasisForm):
    """From which age 地方税関係情報 is asked."""

    full_years = forms.IntegerField(
        label="年齢（歳）",
        min_value=YOUNGEST_ASKED,
        max_value=OLDEST_ASKED,
        help_text="この年齢以上の世帯員の税情報を照会します。",
        error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), AGE_LIMITS),
    )
    field_order = ("full_years", "source", "article")


class ReasonForm(Form):
    """Why."""

    reason = WordsField(label="理由", limit=400)


class AcceptForm(ReasonForm):
    """採用 of one unconfirmed row, or of all that come from the same source with it."""

    together = forms.BooleanField(label="同じ種類・同じ資料の値をまとめて採用する", required=False)


class DraftForm(Form):
    """What a new revision is laid over."""

    base = forms.ChoiceField(label="もとの年度定義")
    overlays = forms.MultipleChoiceField(
        label="先に重ねる定義", required=False, widget=forms.CheckboxSelectMultiple, help_text="なければ選びません"
    )
    copy_of = forms.ModelChoiceField(
        label="内容を写す版",
        queryset=Revision.objects.none(),
        required=False,
        empty_label="写さない（空から始める）",
    )

    def __init__(
        self, bases: list[PackInfo], overlays: list[PackInfo], fiscal_year: int, *arguments: Any, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        chosen: Any = self.fields
        chosen["base"].choices = [(pack.name, pack.title) for pack in bases]
        chosen["overlays"].choices = [(pack.name, pack.title) for pack in overlays]
        chosen["copy_of"].queryset = Revision.objects.filter(fiscal_year=fiscal_year)
        chosen["copy_of"].label_from_instance = lambda row: f"{row.label}（{row.get_state_display()}）"
        if not overlays:
            del self.fields["overlays"]


class ForceForm(Form):
    """適用: which revision from which day, and why."""

    revision = forms.ModelChoiceField(
        label="適用する版",
        queryset=Revision.objects.none(),
        required=False,
        empty_label="団体の版を使わない（もとの年度定義のまま）",
    )
    starts_on = JapaneseDateField(label="適用開始日")
    reason = WordsField(label="理由", limit=400)

    def __init__(self, fiscal_year: int, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        chosen: Any = self.fields["revision"]
        chosen.queryset = Revision.objects.filter(fiscal_year=fiscal_year, state=Revision.State.APPROVED)
        chosen.label_from_instance = lambda row: row.label


class WorkbookForm(Form):
    """A filled workbook."""

    file = LimitedFile(
        "入力したExcel",
        ".xlsx",
        MAX_WORKBOOK_BYTES,
        "この改訂から出力したExcelブック（.xlsx）。反映の前に比較を表示します。",
    )
