"""What people hand in or type on the 支給 pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import JapaneseDateField
from accounts.models import User
from accounts.permissions import Permission
from domain.households.forms import LimitedFile, SchoolChoice, SearchForm
from domain.households.models import Household, Pupil
from domain.payments.expense_sheet.layout import FACTS
from domain.payments.expenses.checking import ExpenseFacts, facts_of
from domain.payments.expenses.entering import MOST_YEN
from domain.payments.expenses.late import FIELD as LATE
from domain.payments.expenses.late import REASON_LENGTH as LATE_LENGTH
from domain.payments.expenses.late import SCHOOL, LateRight, by_board
from domain.payments.expenses.receiving import MAX_FILE_BYTES
from domain.payments.items import Items, items_of
from domain.payments.models import Expense, PayerAccount
from domain.payments.outside import OutsideFacts
from domain.rules import Department
from integrations.bank_transfer import refused_characters, to_bank_kana
from web.dates import fiscal_year_label
from web.fields import FreeTextField, YenField
from web.forms import Form, ModelForm
from web.meanwhile import Watched
from web.text import km_text, normalise_digits, parse_km

_QUIET = {"autocomplete": "off"}
_DIGITS = {"autocomplete": "off", "inputmode": "numeric"}
EARLIER_JOURNEYS = 5
"""Years before this one of which a journey can be entered: 小学部 is the longest 部, six years."""


class WholeField(forms.CharField):
    """A whole number from `least` to `most`; wide digits and commas are fine. Blank is None."""

    def __init__(self, *, least: int = 1, most: int = 999, **options: Any) -> None:
        self.least, self.most = least, most
        super().__init__(max_length=12, widget=forms.TextInput(attrs=_DIGITS), **options)

    def clean(self, value: Any) -> Any:
        text = normalise_digits(str(super().clean(value) or "")).replace(",", "").strip()
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or not self.least <= int(text) <= self.most:
            raise ValidationError(f"{self.least}から{self.most:,}までの整数で入力してください。")
        return int(text)


class KmField(forms.CharField):
    """km with up to three decimals, as metres; wide digits are fine. Blank is None."""

    def __init__(self, **options: Any) -> None:
        attributes = {"autocomplete": "off", "inputmode": "decimal"}
        super().__init__(max_length=12, widget=forms.TextInput(attrs=attributes), **options)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "")
        if not text.strip():
            return None
        try:
            metres = parse_km(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if not 0 < metres < 1_000_000:
            raise ValidationError("0より大きく1,000kmより短い距離を入力してください。")
        return metres

    def prepare_value(self, value: Any) -> Any:
        return km_text(value) if isinstance(value, int) else value


class ExpensesFileForm(Form):
    """Hand in a workbook of expenses."""

    def __init__(self, user: User, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["school"] = SchoolChoice(user, Permission.ENTER_EXPENSE)
        self.fields["file"] = LimitedFile(
            "使用経費",
            ".xlsx",
            MAX_FILE_BYTES,
            "使用経費様式のExcelブック（.xlsx）。個人番号を書いたものは受け取りません。",
        )


class ExpenseSearchForm(SearchForm):
    """Posted, so that nothing typed here stands in an address."""

    text = FreeTextField(
        label="氏名・かな・学籍番号・証憑番号",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"number": "個人番号では検索できません。学籍番号か証憑番号を入力してください。"},
    )


class LateReasonField(FreeTextField):
    """Why a receipt of an approved period comes, changes or goes only now; other receipts need no reason."""

    def __init__(self, *, required: bool = False) -> None:
        when = "" if required else "使用日が承認済みの支給回の期間のときだけ。"
        super().__init__(
            label="承認済みの期間を直す理由",
            required=required,
            max_length=LATE_LENGTH,
            widget=forms.TextInput(attrs=_QUIET),
            help_text=f"{when}例: 領収書が遅れて提出された。次の支給回で追給・戻入になります",
        )


class LateReasonForm(Form):
    """Why a receipt of an approved period is taken back."""

    late_reason = LateReasonField()


class PupilSearchForm(SearchForm):
    """Whose receipt it is. Posted, so that nothing typed here stands in an address."""

    text = FreeTextField(
        label="児童生徒をさがす",
        max_length=40,
        help_text="氏名・かな（一部でもよい）か、学籍番号のはじめ",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"number": "個人番号では検索できません。氏名か学籍番号を入力してください。"},
    )


class ExpenseForm(Watched, Form):
    """One receipt."""

    item = forms.ChoiceField(label="経費項目")
    used_on = JapaneseDateField(label="使用日")
    amount = YenField(label="金額")
    evidence = FreeTextField(label="証憑番号", max_length=40, widget=forms.TextInput(attrs=_QUIET))
    trip = WholeField(label="何回目", required=False, help_text="帰省費は年度の何往復目か、修学旅行費は何回目か")
    purpose = forms.ChoiceField(
        label="付添の別", required=False, choices=Expense.Purpose.choices, help_text="付添人の通学費・帰省費だけ"
    )
    times = WholeField(label="回数", required=False, help_text="食数、乗車回数など。分かるときだけ")
    car_metres = KmField(label="片道の距離", required=False)
    car_days = WholeField(label="日数", required=False, most=31, help_text="その月に自家用車で通った日数")
    car_legs = WholeField(
        label="1日の片道の回数",
        required=False,
        most=8,
        help_text="本人の分と付添人だけの分を合わせる。送り迎えで往復ずつなら4",
    )
    received = YenField(
        label="他の制度の支給額", required=False, help_text="この領収書に、教育扶助などから支給された額"
    )
    before_entry = forms.BooleanField(label="入学・転入学の前に購入した", required=False)
    note = FreeTextField(label="備考", required=False, max_length=100, widget=forms.TextInput(attrs=_QUIET))

    def __init__(
        self,
        fiscal_year: int,
        *arguments: Any,
        expense: Expense | None = None,
        may_be_late: bool = False,
        is_closed: bool = False,
        **options: Any,
    ) -> None:
        """`is_closed`: the receipt lies in an approved round, so that no change goes without a reason."""
        if expense is not None:
            facts = facts_of(expense)
            options["initial"] = {name: getattr(facts, name) or None for name in facts.__dataclass_fields__}
        super().__init__(*arguments, **options)
        item = self.fields["item"]
        assert isinstance(item, forms.ChoiceField)  # noqa: S101 - declared above
        items = items_of(fiscal_year)
        item.choices = [("", "選んでください"), *((one.code, one.title) for one in items.payable.values())]
        self._ask_what_is_wanted(items, expense)
        if may_be_late:
            self.fields[LATE] = LateReasonField(required=is_closed)
        self.watch([name for name in options["initial"] if name in self.fields] if expense is not None else ())

    def _ask_what_is_wanted(self, items: Items, expense: Expense | None) -> None:
        """Fields of facts that no rule of the year asks for go, unless the receipt says something there."""
        for field, fact in FACTS.items():
            wanted = [code for code in items.payable if code in items.wanted.get(fact, ())]
            setattr(self, f"items_of_{fact}", " ".join(wanted))
            setattr(self, f"titles_of_{fact}", "・".join(items.title(code) for code in wanted))
            if not wanted and not (expense is not None and getattr(expense, field)):
                del self.fields[field]
        amount = self.fields["amount"]
        amount.required = "car_metres" not in self.fields
        amount.help_text = "" if amount.required else "自家用車で計算するときだけ空欄にします"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "amount" in cleaned and cleaned["amount"] is None and not cleaned.get("car_metres"):
            self.add_error("amount", "金額を入力してください。")
        return cleaned

    def right(self) -> LateRight:
        """Of a valid form, to touch approved periods."""
        return by_board(str(self.cleaned_data[LATE])) if LATE in self.fields else SCHOOL

    def facts(self) -> ExpenseFacts:
        """Of a valid form."""
        said = {name: self.cleaned_data.get(name) for name in ExpenseFacts.__dataclass_fields__}
        none = {"amount": 0, "received": 0, "before_entry": False}
        return ExpenseFacts(**(said | {name: said[name] or nothing for name, nothing in none.items()}))


class PupilByNumber(Form):
    """Whose it is: a pupil named by school and 学籍番号, `pupil` after a look through."""

    field_order = ("school", "student_number")
    pupil: Pupil | None = None

    def ask_for_pupil(self, user: User) -> None:
        self.fields["school"] = SchoolChoice(user, Permission.ENTER_EXPENSE)
        self.fields["student_number"] = FreeTextField(
            label="学籍番号", max_length=20, widget=forms.TextInput(attrs=_QUIET)
        )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        school, number = cleaned.get("school"), cleaned.get("student_number")
        if school and number:
            self.pupil = Pupil.objects.filter(school=school, student_number=number).first()
            if self.pupil is None:
                self.add_error("student_number", "この学校にこの学籍番号の児童生徒はいません。名簿を確かめてください。")
        return cleaned


class NewExpenseForm(PupilByNumber, ExpenseForm):
    """One receipt of a pupil."""

    def __init__(self, user: User, fiscal_year: int, *arguments: Any, **options: Any) -> None:
        super().__init__(fiscal_year, *arguments, **options)
        self.ask_for_pupil(user)

    def typed_number(self) -> bool:
        """Whether a school and a 学籍番号 stand in a form that was looked through."""
        return bool(self.cleaned_data.get("school") and self.data.get("student_number"))


OUTSIDE_LATE = (
    "承認済みの支給回がこの経費項目を支給したときだけ。例: 前の学校の台帳が後から届いた。"
    "次の支給回で追給・戻入になります"
)


class OutsideForm(PupilByNumber):
    """One line of 管理外学校支給額."""

    item = forms.ChoiceField(label="経費項目")
    expense = YenField(label="対象額", most=MOST_YEN, help_text="支給割合を掛ける前の、支給の対象になった額")
    paid = YenField(label="支給額", most=MOST_YEN, help_text="前の学校が支給した額")
    department = forms.ChoiceField(
        label="部",
        required=False,
        choices=[("", "―"), *((each.value, each.label) for each in Department)],
        help_text="部ごとに1回の経費項目（修学旅行費）だけ。その部の旅行は支給済みになります",
    )
    paid_in = forms.TypedChoiceField(
        label="支給した年度", required=False, coerce=int, empty_value=None, help_text="前の年度は、修学旅行費だけ"
    )
    source = FreeTextField(label="資料", max_length=100, widget=forms.TextInput(attrs=_QUIET))

    def __init__(self, user: User, items: Items, *arguments: Any, may_be_late: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.ask_for_pupil(user)
        if may_be_late:
            self.fields[LATE] = LateReasonField()
            self.fields[LATE].label = "承認済みの支給を直す理由"
            self.fields[LATE].help_text = OUTSIDE_LATE
        years: Any = self.fields["paid_in"]
        years.choices = [
            (year, fiscal_year_label(year))
            for year in range(items.fiscal_year, items.fiscal_year - EARLIER_JOURNEYS - 1, -1)
        ]
        item: Any = self.fields["item"]
        item.choices = [("", "選んでください"), *((one.code, one.title) for one in items.payable.values())]

    def right(self) -> LateRight:
        """Of a valid form, to touch what approved rounds counted."""
        return by_board(str(self.cleaned_data[LATE])) if LATE in self.fields else SCHOOL

    def facts(self) -> OutsideFacts:
        """Of a valid form."""
        return OutsideFacts(**{name: self.cleaned_data[name] for name in OutsideFacts.__dataclass_fields__})


class DifferencesRoundForm(Form):
    """追給・戻入のみの支給回を開く."""

    number = WholeField(label="回", most=99)
    title = FreeTextField(label="名称", max_length=40, widget=forms.TextInput(attrs=_QUIET))
    pay_on = JapaneseDateField(label="支給日")


class RoundForm(DifferencesRoundForm):
    """支給回を開く."""

    field_order = ("number", "title", "starts_on", "ends_on", "pay_on")

    starts_on = JapaneseDateField(label="対象期間の初日")
    ends_on = JapaneseDateField(label="対象期間の末日")


class ApprovalForm(Form):
    """The second person types what the papers say."""

    count = WholeField(label="支給する児童生徒の数", least=0, most=999_999)
    total = YenField(label="支給額の合計")


class PayerForm(ModelForm[PayerAccount]):
    """依頼人口座."""

    class Meta:
        model = PayerAccount
        fields = (
            "requester_code", "requester_name", "bank_code", "bank_name", "branch_code", "branch_name",
            "account_type", "account_number",
        )  # fmt: skip
        field_classes = {name: FreeTextField for name in fields if name != "account_type"}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        kind = self.fields["account_type"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - it has choices in the model
        kind.choices = [("", "選んでください"), *Household.AccountType.choices]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, width in {"requester_code": 10, "bank_code": 4, "branch_code": 3, "account_number": 7}.items():
            text = str(cleaned.get(name, ""))
            if text and not (len(text) == width and text.isascii() and text.isdigit()):
                self.add_error(name, f"半角数字{width}桁で入力してください。")
        for name in ("requester_name", "bank_name", "branch_name"):
            self._check_kana(name, str(cleaned.get(name, "")))
        return cleaned

    def _check_kana(self, name: str, text: str) -> None:
        refused = refused_characters(to_bank_kana(text))
        if refused:
            self.add_error(
                name, f"振込データに使えない文字があります（{'、'.join(refused)}）。カナで入力してください。"
            )
