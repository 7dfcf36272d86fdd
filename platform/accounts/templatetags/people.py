"""`{% load people %}`: people by their names, where a record keeps a 職員ID."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context

from accounts.notices import sentence
from accounts.queries import display_names
from accounts.second_person import has_lapsed
from accounts.services.notices import unseen
from web.templatetags.web import state_mark

register = template.Library()
_KEPT = "_names_of_people"


@register.simple_tag(takes_context=True)
def person(context: Context, username: str | None) -> str:
    """The name of whoever has this 職員ID; what is no 職員ID (a name already, a mark for nobody) stays as it is.

    All names of the scope are read once for a page, however many people it shows.
    """
    return _names(context.get("request")).get(username or "", username or "")


@register.filter
def lapse_mark(asked_at: datetime | None) -> str:
    """期限切れ beside what has waited too long for its second person, "" beside the rest; for what still waits."""
    return state_mark("期限切れ") if asked_at is not None and has_lapsed(asked_at) else ""


@register.inclusion_tag("accounts/factor_notices.html", takes_context=True)
def factor_notices(context: Context) -> dict[str, Any]:
    """The box of unseen notices of whoever is signed in; nothing when there are none."""
    request = context.get("request")
    found = unseen(request.user) if request is not None and request.user.is_authenticated else []
    return {
        "notices": [(notice.at, sentence(notice)) for notice in found],
        "up_to": max((notice.pk for notice in found), default=0),
        "csrf_token": context.get("csrf_token"),
    }


def _names(request: HttpRequest | None) -> dict[str, str]:
    if request is None:
        return display_names()
    kept: dict[str, str] | None = request.__dict__.get(_KEPT)
    if kept is None:
        kept = request.__dict__[_KEPT] = display_names()
    return kept
