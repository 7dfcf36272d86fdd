"""職員ID belong to persons: ids that name a function (共用ID, 役職や係のID) are refused wherever an account is made.

An id made of such words alone is one that passes from hand to hand; with a name or a staff number in it, it is somebody's.
"""

from __future__ import annotations

import re
from typing import Final

from web.text import normalise_digits

FUNCTION_WORDS: Final = frozenset(
    {
        "admin", "administrator", "root", "superuser", "sysadmin", "system", "tenant", "user", "guest", "test", "dummy",
        "share", "shared", "common", "staff", "office", "school", "kanri", "kanrisha", "kanrisya", "kyoyo", "kyoyou",
        "kyotsu", "kyotu", "jimu", "jimushitsu", "tanto", "tantou", "tantosha", "shokuin", "soumu", "gakko", "gakkou",
        "kencho", "iinkai",
    }
)  # fmt: skip
"""In docs/accounts.md too (a test compares). No word that is also somebody's name."""

_LONGEST_NUMBER: Final = 3
"""Figures that count accounts of the same function (admin1, kanri-002); a staff number is longer."""


def names_a_function(username: str) -> bool:
    """Whether a 職員ID, in either width and case, is made of function words and short numbers alone."""
    parts = re.findall(r"[a-z]+|[0-9]+", normalise_digits(username).lower())
    words = [part for part in parts if part.isalpha()]
    short = all(len(part) <= _LONGEST_NUMBER for part in parts if part.isdecimal())
    return bool(words) and short and FUNCTION_WORDS.issuperset(words)


def refusal_of_function(username: str) -> str:
    return (
        f"「{username}」は、係や役目を表す職員IDです。職員IDは1人に1つで、共用できません。"
        "使う人の氏名か職員番号が入った職員IDにしてください（例: nara-0123）。"
    )
