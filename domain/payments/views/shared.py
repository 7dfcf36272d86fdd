"""What several pages of 支給 need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from accounts.access import may
from accounts.models import User
from accounts.permissions import Permission
from domain.households.queries import schools_for
from domain.households.views.shared import holds_everywhere
from domain.payments.doubts import open_rules
from domain.payments.errors import FieldRefused
from domain.payments.models import PaymentRound
from domain.yearpacks.models import Revision
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


def doubts_shown(user: User, round_: PaymentRound, *, counted: bool) -> dict[str, Any]:
    """The unconfirmed rows a round stands on, and the way to where they are accepted (or looked up). See doubts.html."""
    return {"doubts": open_rules(round_), "doubts_counted": counted, "doubts_url": _doubts_url(user, round_)}


def _doubts_url(user: User, round_: PaymentRound) -> str:
    if holds_everywhere(user, Permission.EDIT_YEARPACK):
        drafts = Revision.objects.filter(fiscal_year=round_.fiscal_year, state=Revision.State.DRAFT)
        newest = drafts.order_by("-number").values_list("pk", flat=True).first()
        return (
            reverse("yearpacks:rows", args=[newest]) + "?kind=unconfirmed" if newest else reverse("yearpacks:overview")
        )
    if may(user, Permission.VIEW_YEARPACK) and round_.fiscal_year == working_year():
        return reverse("yearpacks:coverage") + "?show=unconfirmed"
    return ""


def may_be_late(user: User) -> bool:
    """Whether the person may enter what belongs to an approved round: who calculates the payments of the prefecture."""
    return holds_everywhere(user, Permission.CALCULATE_ROUND)


def show_refusal(form: forms.BaseForm, refusal: FieldRefused) -> None:
    """A service's refusal at the entry it is about, or on top; with whatever else it found wrong."""
    for each in (refusal, *refusal.also):
        form.add_error(each.field if each.field in form.fields else None, str(each))
