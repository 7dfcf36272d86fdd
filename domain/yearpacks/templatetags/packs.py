"""`{% load packs %}`: 年度定義 by their titles, where a record keeps the names of their folders."""

from __future__ import annotations

from django import template

from domain.yearpacks import titles

register = template.Library()


@register.filter
def pack_title(name: str) -> str:
    return titles.pack_title(name)
