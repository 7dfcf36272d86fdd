"""`{% load packs %}`: 年度定義 by their titles, where a record keeps the names of their folders."""

from __future__ import annotations

import re

from django import template

from domain.rules import available_packs
from domain.yearpacks.models import PREFIX

register = template.Library()
_OWN = re.compile(rf"{PREFIX}-[0-9]{{4}}-([0-9]+)")


@register.filter
def pack_title(name: str) -> str:
    """Title of a shipped 年度定義; 改訂第3版 of a board's own; what is neither stays as it is."""
    if own := _OWN.fullmatch(name):
        return f"改訂第{own[1]}版"
    return next((pack.title for pack in available_packs() if pack.name == name), name)
