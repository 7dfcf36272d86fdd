"""What people type about a school, and the list they hand in."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from accounts.forms import JapaneseDateField
from domain.households.forms import LimitedFile
from domain.households.models import School, StatusPeriod
from domain.households.schools.layout import CODE_LIMIT
from domain.households.schools.reading import MAX_BYTES, SchoolFacts, SchoolsReading, headings, read_lines
from web.fields import FreeTextField
from web.forms import Form
from web.text import normalise_digits

_QUIET = {"autocomplete": "off"}
_MOST_KEPT = 400_000
"""Characters of a list between its preview and its confirmation."""


class SchoolForm(Form):
    """名称・部・開始日・終了日 of a school that is there."""

    name = FreeTextField(label="名称", max_length=60, widget=forms.TextInput(attrs=_QUIET))
    departments = forms.MultipleChoiceField(
        label="部", required=False, choices=StatusPeriod.Department.choices, widget=forms.CheckboxSelectMultiple
    )
    opened_on = JapaneseDateField(label="開始日", required=False, help_text="分からないときは空欄")
    closed_on = JapaneseDateField(
        label="終了日",
        required=False,
        help_text="閉校した学校だけ。学校としての最後の日。在籍者がいる間は入れられません。",
    )

    def facts(self, code: str) -> SchoolFacts:
        """Of a valid form."""
        read = self.cleaned_data
        return SchoolFacts(
            code,
            read["name"],
            tuple(value for value in StatusPeriod.Department.values if value in read["departments"]),
            read["opened_on"],
            read["closed_on"],
        )

    @staticmethod
    def initial_of(school: School) -> dict[str, Any]:
        return {
            "name": school.name,
            "departments": school.departments,
            "opened_on": school.opened_on,
            "closed_on": school.closed_on,
        }


class NewSchoolForm(SchoolForm):
    """A school that is not there yet."""

    field_order = ("code",)
    code = FreeTextField(
        label="学校コード",
        validators=[RegexValidator(r"^[A-Za-z0-9-]+\Z", "英数字と「-」だけで入力してください（例: S29001）。")],
        max_length=CODE_LIMIT,
        widget=forms.TextInput(attrs=_QUIET),
        help_text="英数字と「-」で13文字まで。あとから変えられません。名簿の「学校コード」と同じものにしてください。",
    )


class SchoolListForm(Form):
    """Hand in a list."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["file"] = LimitedFile(
            "学校の一覧", ".xlsx,.csv", MAX_BYTES, "学校一覧様式のExcelブック（.xlsx）か、同じ見出しのCSV。"
        )


class KeptListForm(Form):
    """The rows of a previewed list, travelling in the page to the confirmation, where they are read anew."""

    rows = FreeTextField(max_length=_MOST_KEPT, widget=forms.HiddenInput)

    def reading(self) -> SchoolsReading:
        """Of a valid form. Raises ValidationError for what no page of ours sent."""
        try:
            rows = json.loads(self.cleaned_data["rows"])
            cells = [[str(cell)[:200] for cell in row] for row in rows]
        except (ValueError, TypeError) as error:
            raise ValidationError("一覧をもう一度選び直してください。") from error
        return read_lines([headings(), *cells])


def kept(rows: tuple[SchoolFacts, ...]) -> str:
    """Rows as KeptListForm takes them."""
    lines = [[one.code, one.name, _words(one.departments), _iso(one.opened_on), _iso(one.closed_on)] for one in rows]
    return json.dumps(lines, ensure_ascii=False)


def typed_lines(text: str) -> list[list[str]]:
    """Lines 学校コード,名称,部,開始日,終了日 as cells below their headings."""
    lines = [
        [cell.strip() for cell in line.replace("，", ",").split(",")] for line in text.splitlines() if line.strip()
    ]
    return [headings(), *([normalise_digits(line[0]), *line[1:]] for line in lines)]


def _words(departments: tuple[str, ...]) -> str:
    return "・".join(StatusPeriod.Department(one).label for one in departments)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
