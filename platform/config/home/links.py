"""Ways from the home page into the rooms."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def place(name: str, query: str = "") -> str:
    """The path of a page, "" where there is none."""
    try:
        return reverse(name) + (f"?{query}" if query else "")
    except NoReverseMatch:
        return ""
