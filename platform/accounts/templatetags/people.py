"""`{% load people %}`: people by their names, where a record keeps a 職員ID."""

from __future__ import annotations

from django import template
from django.http import HttpRequest
from django.template import Context

from accounts.queries import display_names

register = template.Library()
_KEPT = "_names_of_people"


@register.simple_tag(takes_context=True)
def person(context: Context, username: str | None) -> str:
    """The name of whoever has this 職員ID; what is no 職員ID (a name already, a mark for nobody) stays as it is.

    All names of the scope are read once for a page, however many people it shows.
    """
    return _names(context.get("request")).get(username or "", username or "")


def _names(request: HttpRequest | None) -> dict[str, str]:
    if request is None:
        return display_names()
    kept: dict[str, str] | None = request.__dict__.get(_KEPT)
    if kept is None:
        kept = request.__dict__[_KEPT] = display_names()
    return kept
