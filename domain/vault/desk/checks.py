"""Why a typed number cannot be one, in plain words. Pure; the words never hold a digit of it."""

from __future__ import annotations

import re

from domain.vault.numbers import Number, individual_number
from web.text import normalise_digits

DIFFERENT = "1回目と2回目の入力が違います。確認書類を見て、両方を入力し直してください。"
ONCE_ONLY = "確認のため、同じ番号を両方の欄に入力してください。"
NOT_DIGITS = "数字でない文字が入っています。12桁の数字だけを入力してください。"
NOT_TWELVE = "12桁ではありません。桁の抜けや重なりがないか確かめてください。"
ALL_ZERO = "0だけの番号は個人番号ではありません。確認書類の番号を入力してください。"
ALL_SAME = "同じ数字だけの番号は個人番号ではありません。確認書類の番号を入力してください。"
BAD_CHECK = "検査用数字が合いません。入力の誤りがないか、確認書類と1桁ずつ照らしてください。"


def typed_number(first: str, second: str) -> tuple[Number | None, str]:
    """The number when both inputs agree and can be one; else what is wrong. Both empty: neither."""
    one, two = _digits(first), _digits(second)
    if not one and not two:
        return None, ""
    if not one or not two:
        return None, ONCE_ONLY
    if one != two:
        return None, DIFFERENT
    wrong = _wrong(one)
    number = None if wrong else individual_number(one)
    return (number, "") if number is not None else (None, wrong or BAD_CHECK)


def _wrong(text: str) -> str:
    if not (text.isascii() and text.isdigit()):
        return NOT_DIGITS
    if len(text) != 12:
        return NOT_TWELVE
    if len(set(text)) == 1:
        return ALL_ZERO if text[0] == "0" else ALL_SAME
    return ""


def _digits(text: str) -> str:
    """Width folded, spaces and hyphens of a card's grouping taken out."""
    return re.sub(r"[\s-]", "", normalise_digits(text))
