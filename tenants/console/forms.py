"""What an operator types about a new prefecture."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from domain.households.schools.reading import SchoolFacts
from tenants.console.first_manager import FirstManager
from tenants.console.onboarding import PrefectureRequest
from tenants.console.stated_schools import SchoolsWrong, from_text
from tenants.core.models import Prefecture
from web.fields import FreeTextField
from web.forms import Form
from web.text import normalise_digits


def _needed(message: str) -> dict[str, str]:
    return {"required": message}


class DigitsField(FreeTextField):
    """Figures in either width."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"autocomplete": "off"}), **options)

    def clean(self, value: Any) -> str:
        return normalise_digits(str(super().clean(value)))


class ManagerForm(Form):
    """Who manages the accounts first: a person of the prefecture."""

    manager_username = FreeTextField(
        label="最初の管理者の職員ID",
        max_length=60,
        help_text="1人に1つで、共用できません。admin や kanri のような、係や役目を表すIDは登録できません。",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
        error_messages=_needed("最初の管理者の職員IDを入力してください（例: nara-0123）。"),
    )
    manager_name = FreeTextField(
        label="最初の管理者の氏名",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="団体の職員1人の氏名。利用開始コードは、この人に渡します。",
        error_messages=_needed("最初の管理者の氏名を入力してください（例: 奈良 花子）。"),
    )

    def clean(self) -> dict[str, Any]:
        for field, message in self.manager().problems():
            if field in self.cleaned_data:
                self.add_error(field, message)
        return self.cleaned_data

    def manager(self) -> FirstManager:
        """What was typed, as far as it could be read."""
        read = self.cleaned_data
        return FirstManager(str(read.get("manager_username", "")), str(read.get("manager_name", "")))


class PrefectureForm(ManagerForm):
    """`PrefectureRequest` as a form; what is wrong stands at its field."""

    code = DigitsField(
        label="団体コード",
        max_length=10,
        help_text="全国地方公共団体コード6桁（検査数字を含む）。",
        error_messages=_needed("団体コードを入力してください（例: 290009）。"),
    )
    name = FreeTextField(
        label="名称",
        max_length=40,
        help_text="利用者の画面と帳票に出ます。",
        error_messages=_needed("名称を入力してください（例: 奈良県教育委員会）。"),
    )
    slug = FreeTextField(
        label="ホスト名の先頭",
        max_length=30,
        help_text="この名前の後に、サービスのドメイン名が付きます。後から変えられません。",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
        error_messages=_needed("ホスト名の先頭を入力してください（例: nara）。"),
    )
    working_year = DigitsField(
        label="取扱年度",
        max_length=8,
        help_text="西暦。令和7年度は 2025。",
        error_messages=_needed("取扱年度は西暦4桁で入力してください（例: 2025）。"),
    )
    sample = forms.TypedChoiceField(
        label="サンプル",
        choices=(("", "いいえ（実際の業務に使う）"), ("on", "はい（架空のデータだけを扱う）")),
        coerce=lambda chosen: chosen == "on",
        required=False,
        help_text="「はい」にすると、すべての画面と帳票に「サンプル」と出ます。",
    )

    schools = FreeTextField(
        label="学校",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text="1行に1校、「学校コード,名称,部,開始日」の順。空欄なら、教育委員会が「学校」の画面で登録します。",
    )

    field_order = ("code", "name", "slug", "working_year", "sample", "manager_username", "manager_name", "schools")

    def clean_schools(self) -> tuple[SchoolFacts, ...]:
        try:
            return from_text(str(self.cleaned_data["schools"]))
        except SchoolsWrong as error:
            raise ValidationError(str(error)) from error

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if Prefecture.objects.filter(code=code).exists():
            raise ValidationError("この団体コードは登録済みです。導入の続きは、下の一覧から開いてください。")
        return code

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        if Prefecture.objects.filter(slug=slug).exists():
            raise ValidationError(f"ホスト名「{slug}」は、ほかの団体が使っています。別の名前にしてください。")
        return slug

    def clean_working_year(self) -> int:
        text = str(self.cleaned_data["working_year"])
        if not text.isdecimal():
            raise ValidationError("取扱年度は西暦4桁で入力してください（例: 2025）。")
        return int(text)

    def clean(self) -> dict[str, Any]:
        for field, message in self.stated().problems():
            if field in self.cleaned_data:
                self.add_error(field, message)
        return self.cleaned_data

    def stated(self) -> PrefectureRequest:
        """What was typed, as far as it could be read."""
        read = self.cleaned_data
        return PrefectureRequest(
            code=str(read.get("code", "")),
            name=str(read.get("name", "")),
            slug=str(read.get("slug", "")),
            working_year=int(read.get("working_year", 0)),
            manager=self.manager(),
            sample=bool(read.get("sample", False)),
            schools=tuple(read.get("schools", ())),
        )
