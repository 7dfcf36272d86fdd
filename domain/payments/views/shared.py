"""What several pages of 支給 need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms
from django.http import HttpRequest

from accounts.models import User
from accounts.permissions import Permission
from domain.households.queries import schools_for
from domain.payments.errors import FieldRefused
from tenants.core.context import require_prefecture
from web.components import Chip
from web.tables import with_parameter

ALL_SCHOOLS = "すべての学校"


def working_year() -> int:
    return int(require_prefecture().working_year)


def school_chips(request: HttpRequest, user: User, permission: Permission, chosen: str) -> list[Chip]:
    """Nothing to choose for who has one school only."""
    schools = list(schools_for(user, permission).values_list("code", "name"))
    if len(schools) < 2:
        return []
    return [
        Chip(name, with_parameter(request.GET, "school", code), chosen=code == chosen)
        for code, name in [("", ALL_SCHOOLS), *schools]
    ]


def chips(
    request: HttpRequest, name: str, words: Mapping[str, str] | Iterable[tuple[str, str]], chosen: str
) -> list[Chip]:
    """Filters of one parameter of the address."""
    return [
        Chip(word, with_parameter(request.GET, name, key), chosen=key == chosen) for key, word in dict(words).items()
    ]


def show_refusal(form: forms.BaseForm, refusal: FieldRefused) -> None:
    """A service's refusal at the entry it is about, or on top."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
