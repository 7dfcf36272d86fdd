"""What people call a 年度定義, where a record or a message keeps the name of its folder."""

from __future__ import annotations

import re

from domain.rules import available_packs
from domain.yearpacks.models import PREFIX
from web.dates import fiscal_year_label

_OWN = re.compile(rf"{PREFIX}-([0-9]{{4}})-([0-9]+)")


def pack_title(name: str) -> str:
    """Title of a shipped 年度定義; 令和7年度 第3版 of a board's own; what is neither stays as it is."""
    if own := _OWN.fullmatch(name):
        return f"{fiscal_year_label(int(own[1]))} 第{own[2]}版"
    return next((pack.title for pack in available_packs() if pack.name == name), name)
