"""Reasons that the other side writes may quote a 団体内統合宛名番号 that is unknown to us (機能標準仕様書 2.4.2); they are kept without."""

from __future__ import annotations

import re
import unicodedata

_LONG_RUN = re.compile(r"[0-9](?:[ -]?[0-9]){7,}")
LONGEST = 200


def without_numbers(text: str) -> str:
    """The text with every run of eight or more digits (wide or narrow, in groups) hidden, at most 200 characters long."""
    return _LONG_RUN.sub("＊＊＊", unicodedata.normalize("NFKC", text))[:LONGEST]
