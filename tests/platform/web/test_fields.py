"""No free text of any form of the product takes something like an individual number."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms

from web.fields import FreeTextField

ROOT = Path(__file__).parents[3]
ROOMS = ("platform", "audit", "domain", "tenants", "integrations")
NUMBER = "123456789018"

FIXED_FORM = {
    "platform/accounts/forms.py": {
        "_password",
        "UsernameField",
        "JapaneseDateField",
        "TotpForm",
        "BackupCodeForm",
        "ActivationForm",
    },
    "platform/accounts/forms_tokens.py": {"SeedFileForm"},
    "platform/accounts/forms_vendor.py": {"VendorEntryForm"},
    "platform/web/fields.py": {"FreeTextField", "YenField"},
    "domain/linkage/forms.py": {"DecideTargetsForm"},
    "domain/payments/forms.py": {"WholeField", "KmField"},
    "domain/vault/forms.py": {"_number_input"},
    "audit/review/forms.py": {"ClockField"},
    "audit/review/keeping/forms.py": {"DisclosureForm", "ReceiverForm", "RequestForm"},
    "audit/review/trail_filters.py": {"TrailFilterForm"},
    "tenants/console/adapter_pages/form.py": {"SecretField"},
}
"""Where a plain CharField may stand: codes, dates, amounts, passwords, digests and ids out of links, each checked for its form; and
the desk of 個人番号 itself."""

PARSED = frozenset({"ReceiverForm.host", "ReceiverForm.authority", "ReceiverForm.certificate", "ReceiverForm.key"})
"""Compared with a closed list of hosts, or read as PEM: words that are not of this form are refused by the form's own check."""
FIXED_FIELDS = frozenset({"username", "password", "again", "current", "token", "code", "secret"})
NUMBER_DESK = frozenset({"ChangeForm.first", "ChangeForm.second"})


def _sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)


def _plain_char_fields(path: Path) -> set[str]:
    """Names of the top-level definitions of a module that use forms.CharField."""
    return {
        str(getattr(top, "name", ""))
        for top in ast.parse(path.read_text(encoding="utf-8")).body
        for node in ast.walk(top)
        if isinstance(node, ast.Attribute) and node.attr == "CharField" and isinstance(node.value, ast.Name)
        if node.value.id == "forms"
    }


def test_a_plain_char_field_stands_only_where_the_form_is_fixed() -> None:
    found = {str(path.relative_to(ROOT)): names for path in _sources() if (names := _plain_char_fields(path))}
    assert {path: more for path, names in found.items() if (more := names - FIXED_FORM.get(path, set()))} == {}


def _form_classes() -> Iterator[type[forms.BaseForm]]:
    for path in _sources():
        text = path.read_text(encoding="utf-8")
        if "from web.forms import" in text or "forms.Form" in text or "forms.ModelForm" in text:
            parts = path.relative_to(ROOT).with_suffix("").parts
            module = importlib.import_module(".".join(parts[1:] if parts[0] == "platform" else parts))
            own = [one for one in vars(module).values() if getattr(one, "__module__", "") == module.__name__]
            yield from (
                one for one in own if isinstance(one, type) and issubclass(one, forms.BaseForm) and _has_fields(one)
            )


def _has_fields(form: type[forms.BaseForm]) -> bool:
    """Whether it can be filled in: what is only mixed into forms has no fields."""
    return hasattr(form, "base_fields")


def test_every_declared_text_of_every_form_refuses_a_number() -> None:
    walked, open_texts = 0, []
    for form in _form_classes():
        for name, field in form.base_fields.items():  # type: ignore[attr-defined]
            if type(field) is not forms.CharField and not isinstance(field, FreeTextField):
                continue
            walked += 1
            fixed = (
                name in FIXED_FIELDS
                or f"{form.__name__}.{name}" in NUMBER_DESK | PARSED
                or isinstance(field.widget, forms.HiddenInput)
            )
            if not (fixed or isinstance(field, FreeTextField)):
                open_texts.append(f"{form.__name__}.{name}")
    assert walked > 20
    assert open_texts == []


class _Form(forms.Form):
    words = FreeTextField(label="理由", required=False)


@pytest.mark.parametrize(
    "text", [NUMBER, f"母 {NUMBER[:4]}-{NUMBER[4:8]}-{NUMBER[8:]} です", "１２３４５６７８９０１８"]
)
def test_a_refused_text_is_not_shown_again(text: str) -> None:
    form = _Form({"words": text})
    assert form.errors["words"] == ["個人番号と同じ形の12桁の数字は書けません。取り除いてください。"]
    assert text not in form.as_p()


@pytest.mark.parametrize("text", ["", "123456789012", "復職した"])
def test_other_texts_stay(text: str) -> None:
    form = _Form({"words": text})
    assert form.is_valid()
    assert form["words"].value() == text
