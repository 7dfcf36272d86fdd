"""What a password must not be beside Django's rules: one's own data, words of this office (ASVS 6.2.11), breached ones (6.2.12)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
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

SHORTEST_OWN: Final = 2
_BESIDE: Final = "0123456789-_.!@#$%&*+ "
"""What people put behind a word to make a password of it."""


def composed(password: str) -> str:
    """The same password from every keyboard: が is one character on some machines and two on others (NFC, RFC 8265 §4.2.2)."""
    return unicodedata.normalize("NFC", password)


class OfficeWordsValidator:
    """Refuses what is made of words of the office, the prefecture's name or host, and a year or number beside them."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = password.casefold()
        for word in sorted(office_words(), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest.strip(_BESIDE)) < LEFT_OVER and rest != password.casefold():
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


class OwnDataValidator:
    """Refuses one's own 職員ID or name with little beside it, also repeated: Django's similarity of two texts falls with repetition."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = spelled(password)
        for word in sorted(own_words(user), key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != spelled(password) and len(rest.strip(_BESIDE)) < LEFT_OVER:
            raise ValidationError(
                "自分の職員IDや氏名を並べたパスワードは使えません。関係のない言葉をいくつか加えてください。",
                code="password_own_data",
            )

    def get_help_text(self) -> str:
        return "自分の職員IDや氏名だけで作ったパスワードは使えません。"


def own_words(user: Any) -> set[str]:
    """職員ID, name and kana as they may be typed, whole and in their parts."""
    texts = [str(getattr(user, name, "") or "") for name in ("username", "display_name", "kana")]
    parts = {part for text in texts for part in (text, "".join(text.split()), *re.split(r"[\s._@-]+", text))}
    return {spelled(part) for part in parts if len(part) >= SHORTEST_OWN}


def spelled(text: str) -> str:
    """Wide and narrow, capital and small letters alike."""
    return unicodedata.normalize("NFKC", text).casefold()


class BreachedPasswordValidator:
    """Refuses what stands in the operator's file of breached passwords (`settings.BREACHED_PASSWORDS`), where there is one.

    The file: SHA-1 digests in hexadecimal, sorted, one a line, with `:count` behind or without, as such lists are given out
    to be used without a network. Django's list of 20,000 is asked besides; few of them are long enough (`accounts.guessable`).
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
