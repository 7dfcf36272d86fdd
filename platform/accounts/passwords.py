"""What a password must not be, beside Django's own rules: words of this office (ASVS 6.2.11), and breached ones (6.2.12)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.core.exceptions import ValidationError

from tenants.core.context import current_prefecture
from web.text import fold_name

OFFICE_WORDS: Final = (
    "shugaku", "shuugaku", "syugaku", "syuugaku", "shorei", "shourei", "syorei", "syourei", "shoreihi", "tokubetsu", "tokushi",
    "shien", "kyouiku", "kyoiku", "iinkai", "kyoui", "gakkou", "gakko", "yougo", "jimu", "mynumber", "kojinbango", "kenchou",
    "kencho", "password", "pasuwado", "admin", "kanri", "就学", "奨励費", "特別支援", "教育委員会", "学校", "事務", "個人番号",
    "マイナンバー", "パスワード", "管理者",
)  # fmt: skip
"""What anybody would try first here. A password may hold them, beside enough else (LEFT_OVER)."""

LEFT_OVER: Final = 8
"""So many characters must be left without the words of the office, of the prefecture, and without digits at the ends."""


class OfficeWordsValidator:
    """Refuses what is made of words of the office, the prefecture's name or host, and a year or number beside them."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = password.casefold()
        for word in sorted(office_words(), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest.strip("0123456789-_.!@#$%&*+ ")) < LEFT_OVER and rest != password.casefold():
            raise ValidationError(
                "業務や団体の名前を並べたパスワードは使えません。関係のない言葉をいくつか加えてください。",
                code="password_office_words",
            )

    def get_help_text(self) -> str:
        return "業務や団体の名前だけで作ったパスワードは使えません。"


def office_words() -> set[str]:
    """The words above, and what the prefecture is called."""
    prefecture = current_prefecture()
    own = {prefecture.name, prefecture.slug, prefecture.code, fold_name(prefecture.name)} if prefecture else set()
    return {word.casefold() for word in (*OFFICE_WORDS, *own) if len(word) >= 2}


class BreachedPasswordValidator:
    """Refuses what stands in the operator's file of breached passwords (`settings.BREACHED_PASSWORDS`), where there is one.

    The file: SHA-1 digests in hexadecimal, sorted, one a line, with `:count` behind or without, as such lists are given out
    to be used without a network. Django's list of 20,000, the most frequent of breached ones, is asked besides.
    """

    def validate(self, password: str, user: Any = None) -> None:
        file: Path | None = settings.BREACHED_PASSWORDS
        if file is not None and is_listed(file, password):
            raise ValidationError(
                "このパスワードは、過去に流出したものの一覧にあります。別のパスワードにしてください。",
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return "過去に流出したパスワードは使えません。"


def is_listed(file: Path, password: str) -> bool:
    """Binary search in the sorted file: forty reads in one of any size."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, lines.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            digest = _line_at(lines, middle)
            if digest == wanted:
                return True
            if digest and digest < wanted:
                low = middle + 1
            else:
                high = middle
        return _line_at(lines, low) == wanted


def _line_at(lines: BinaryIO, place: int) -> bytes:
    """The digest of the first whole line that begins at `place` or after it; b"" past the end."""
    lines.seek(max(0, place - 1))
    if place:
        lines.readline()
    return lines.readline().partition(b":")[0].strip().upper()
