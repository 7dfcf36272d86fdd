"""What people type on the 調書 pages."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import JapaneseDateField
from domain.households.models import IncomeCertificate, Member
from domain.statements.facts import ENTERED
from domain.statements.intake import year_ends_on, year_starts_on
from domain.statements.models import FactsChoice, MemberFacts, Statement
from domain.statements.reading import AMOUNTS
from web.dates import to_wareki_short
from web.fields import FreeTextField, YenField
from web.forms import Form
from web.meanwhile import Watched
from web.text import normalise_digits

TOTAL = "total_income"
Amounts = dict[str, int | None]


class ReasonForm(Form):
    """差戻しの理由."""

    reason = FreeTextField(
        label="差し戻す理由",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "差戻しの理由を入力してください（例: 母の所得証明書を確認してください）。"},
    )


class WithdrawalForm(Form):
    """再判定の取下げ."""

    reason = FreeTextField(
        label="取り下げる理由",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "取り下げる理由を入力してください（例: 復職したと連絡があった）。"},
    )


class ChoiceForm(Form):
    """証明書か回答か: which amounts the computation uses, and why."""

    stands = forms.ChoiceField(
        label="算定に使う所得",
        choices=FactsChoice.Stands.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "証明書と回答のどちらを使うかを選んでください。"},
    )
    reason = FreeTextField(
        label="理由",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="何を見て決めたかを書いてください。あとから確かめる人が読みます。",
        error_messages={"required": "理由を入力してください（例: 修正申告の後の証明書のため）。"},
    )


class RedeterminationForm(Form):
    """再判定: why, on whose year's income, from when."""

    reason = forms.ChoiceField(
        label="理由",
        choices=[("", "選んでください"), *Statement.ChangeReason.choices],
        error_messages={"required": "再判定の理由を選んでください。"},
    )
    income_basis = forms.ChoiceField(
        label="収入の基礎",
        choices=[("", "選んでください"), *Statement.IncomeBasis.choices],
        help_text="前年確定: 前年の所得。当年見込: 今年1年の見込額。直近確定: 確定したばかりの年の所得。",
        error_messages={"required": "どの年の収入で判定するかを選んでください。"},
    )
    effective_from = JapaneseDateField(label="適用日", help_text="この日からの使用経費に、新しい支弁区分を使います。")
    note = FreeTextField(
        label="事情", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})
    )

    def __init__(self, fiscal_year: int, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.example = to_wareki_short(datetime.date(fiscal_year, 10, 1))

    def day(self) -> datetime.date | None:
        """The first day as it was typed, whatever else is still wrong."""
        self.full_clean()
        return self.cleaned_data.get("effective_from")


class ProposalForm(Form):
    """決定伺い: 決裁番号 and 適用日."""

    document_number = FreeTextField(
        label="決裁番号",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "決裁番号を入力してください（例: 7教特第123号）。",
            "number": "個人番号と同じ形の12桁は使えません。決裁の番号を入力してください（例: 7教特第123号）。",
        },
    )
    effective_from = JapaneseDateField(label="適用日")

    def __init__(self, fiscal_year: int, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"effective_from": to_wareki_short(year_starts_on(fiscal_year))})
        super().__init__(*args, **options)
        self.fiscal_year = fiscal_year

    def clean_document_number(self) -> str:
        return normalise_digits(str(self.cleaned_data["document_number"]))

    def clean_effective_from(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["effective_from"]
        if not year_starts_on(self.fiscal_year) <= day <= year_ends_on(self.fiscal_year):
            raise ValidationError("適用日は、この年度の日付（4月1日から翌年3月31日まで）にしてください。")
        return day


class CertificateGrid(Watched, Form):
    """所得証明書 of a household: a row for each member, a column for each amount. 円・年額

    Blank is no value: a row that was emptied takes the member's certificate back, a row that was blank stays so. In a row with any
    amount, 総所得金額 is needed: 0 is typed as 0.
    """

    def __init__(
        self,
        members: Sequence[Member],
        facts: Mapping[int, MemberFacts],
        papers: Mapping[int, IncomeCertificate],
        data: Any = None,
    ) -> None:
        super().__init__(data)
        self.members = members
        self.papers = papers
        self.entered = {pk for pk, row in facts.items() if row.source in ENTERED}
        self.answers = {pk: row for pk, row in facts.items() if row.source == MemberFacts.Source.INQUIRY}
        for member in members:
            known = facts.get(member.pk)
            given = known if known and known.source in ENTERED else None
            for column in AMOUNTS:
                self._add(member, column, None if given is None else getattr(given, column))
        self.watch(list(self.fields))

    def _add(self, member: Member, column: str, initial: int | None) -> None:
        title = column_title(column)
        label = f"{member.name} {title}"
        self.fields[name_of(member, column)] = YenField(
            required=False, label=label, initial=initial, attrs={"aria-label": f"{label}（円）"}
        )

    def clean(self) -> dict[str, Any]:
        for member in self.members:
            first = name_of(member, TOTAL)
            if self._typed(member) and not self.errors.get(first) and self.cleaned_data.get(first) is None:
                self.add_error(first, "総所得金額を入力してください。0円のときは0と入力します。")
        return self.cleaned_data

    def changed(self) -> Iterable[tuple[Member, Amounts]]:
        """Members whose row holds something else than before; all None where it was emptied. Only after `is_valid`."""
        for member in self.members:
            names = {column: name_of(member, column) for column in AMOUNTS}
            there = self._typed(member) or member.pk in self.entered
            if there and any(name in self.changed_data for name in names.values()):
                yield member, {column: self.cleaned_data[name] for column, name in names.items()}

    def what_changed(self) -> str:
        """Whose row: a label for each cell would be a list of everything."""
        changed = set(self.elsewhere)
        names = [one.name for one in self.members if any(name_of(one, column) in changed for column in AMOUNTS)]
        return f"{'、'.join(names)}さんの値"

    def rows(self) -> Iterable[tuple[Member, list[tuple[forms.BoundField, int | None, int | None]]]]:
        """Member, and for each column the field, what the school's roster says, and what 情報照会 answered."""
        for member in self.members:
            paper, answer = self.papers.get(member.pk), self.answers.get(member.pk)
            yield (
                member,
                [
                    (self[name_of(member, column)], _on_paper(paper, column), getattr(answer, column, None))
                    for column in AMOUNTS
                ],
            )

    def doubts(self) -> list[str]:
        """What is possible but rarely so, for asking back. Only after `is_valid`."""
        found = []
        for member, amounts in self.changed():
            income, insurance = amounts[TOTAL], amounts["social_insurance"]
            if income is not None and insurance is not None and insurance > income:
                found.append(
                    f"{member.name}さんの社会保険料（{insurance:,}円）が総所得金額（{income:,}円）より多くなっています。"
                    "欄や桁の取違えでなければ、このまま保存できます。"
                )
        return found

    def _typed(self, member: Member) -> bool:
        return any(str(self.data.get(name_of(member, column), "")).strip() for column in AMOUNTS)


def name_of(member: Member, column: str) -> str:
    return f"m{member.pk}-{column}"


def column_title(column: str) -> str:
    """総所得金額 …, without its unit: that stands in the column head."""
    title = getattr(MemberFacts._meta.get_field(column), "verbose_name", column)
    return str(title).removesuffix("（円）")


def _on_paper(paper: IncomeCertificate | None, column: str) -> int | None:
    if paper is None:
        return None
    value: int | None = getattr(paper, AMOUNTS[column])
    return value
