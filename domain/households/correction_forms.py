"""Forms of a correction, each field read exactly as the roster's column of the same name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import JapaneseDateField
from domain.households.correcting import ACCOUNT
from domain.households.forms import ReasonField
from domain.households.models import Household, Member
from domain.households.roster.layout import HOUSEHOLDS, MEMBERS
from domain.households.roster.words import yes_or_no
from domain.households.roster.workbook.layout import Column, Kind, SheetLayout
from domain.households.roster.workbook.problems import in_words
from domain.households.roster.workbook.values import ValueProblem, convert
from web.fields import FreeTextField
from web.forms import Form
from web.meanwhile import Watched

OF_HOUSEHOLD = {
    "guardian_name": "guardian_name",
    "guardian_kana": "guardian_kana",
    "postal_code": "postal_code",
    "address": "address",
    "year_end_address": "year_end_address",
    "phone": "phone",
    "living_cost_grade": "living_cost_grade",
    "winter_zone": "winter_zone",
    "single_parent": "single_parent",
    "bank_code": "bank_code",
    "bank_name": "bank_name",
    "branch_code": "branch_code",
    "branch_name": "branch_name",
    "account_type": "account_kind",
    "account_number": "account_number",
    "account_holder": "account_holder",
}
"""Column of Household → of the roster."""
OF_MEMBER = {
    "name": "name",
    "kana": "kana",
    "relation": "relationship",
    "school_name": "school_name",
    "stage": "school_stage",
    "disability": "disability",
    "materials_cost": "materials_cost",
    "annual_commuting": "annual_commuting_cost",
}
"""Column of Member → of the roster. Birth date and 特別支援在籍 have fields of their own."""
_COSTS = ("materials_cost", "annual_commuting")
_ASKED = ("disability", *_COSTS)
_NEEDED = frozenset({"winter_zone", "living_cost_grade"})


class RosterField(FreeTextField):
    """A text that the roster's column would take."""

    def __init__(self, column: Column) -> None:
        self.column = column
        help_text = column.note if column.kind not in (Kind.NAME, Kind.KANA) else ""
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(
            label=column.name, required=column.required, max_length=200, widget=widget, help_text=help_text
        )

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "")
        try:
            return convert(self.column, text)
        except ValueProblem as trouble:
            raise ValidationError(in_words(trouble.code, trouble.detail, trouble.remedy)) from trouble


class _Correction(Watched, Form):
    """Built from the roster's columns; `facts` names our own."""

    sources: Mapping[str, str] = {}
    layout: SheetLayout

    def __init__(self, stored: Household | Member, data: Any = None) -> None:
        initial = {name: getattr(stored, name) for name in self.names()}
        if "single_parent" in initial:
            initial["single_parent"] = {True: "yes", False: "no", None: ""}[initial["single_parent"]]
        super().__init__(data, initial=initial)
        for name, source in self.sources.items():
            self.fields[name] = _field(name, self.layout.column(source))
        self.fields["reason"] = ReasonField("直す理由")
        self.order_fields([*self.names(), "reason"])
        self.watch(self.names())

    @classmethod
    def names(cls) -> list[str]:
        return [*cls.sources]

    def facts(self) -> dict[str, Any]:
        """Of a valid form."""
        return {name: self.cleaned_data[name] for name in self.names()}


class HouseholdCorrection(_Correction):
    sources = OF_HOUSEHOLD
    layout = HOUSEHOLDS

    def clean(self) -> dict[str, Any]:
        """The account is whole or blank."""
        blank = [name for name in self.sources if name in ACCOUNT and not self.cleaned_data.get(name)]
        if 0 < len(blank) < len(ACCOUNT):
            for name in blank:
                if name not in self.errors:
                    self.add_error(name, "振込先は全部そろえるか、全部空欄にしてください。")
        return self.cleaned_data

    def facts(self) -> dict[str, Any]:
        zone, alone = int(self.cleaned_data["winter_zone"]), yes_or_no(self.cleaned_data["single_parent"])
        return super().facts() | {"winter_zone": zone, "single_parent": alone}


class MemberCorrection(_Correction):
    sources = OF_MEMBER
    layout = MEMBERS
    born = JapaneseDateField(label="生年月日")
    special_needs = forms.BooleanField(label="特別支援学校・学級に在籍", required=False)

    @classmethod
    def names(cls) -> list[str]:
        return ["name", "kana", "born", "relation", "school_name", "stage", "special_needs", *_ASKED]

    def facts(self) -> dict[str, Any]:
        """A cost left blank is not known; 0 is."""
        found = super().facts()
        return found | {name: None if found[name] == "" else found[name] for name in _COSTS}


def _field(name: str, column: Column) -> forms.Field:
    if column.kind is not Kind.CHOICE:
        return RosterField(column)
    choices = [(choice.value, choice.label or next(filter(None, choice.labels))) for choice in column.choices]
    if name == "account_type":
        choices = [("", "―"), *choices]
    required = column.required or name in _NEEDED or name == "stage"
    return forms.ChoiceField(label=column.name, choices=choices, required=required, help_text=column.note)
