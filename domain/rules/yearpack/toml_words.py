"""What is wrong with a TOML file, in Japanese with its place: the library says it in English."""

from __future__ import annotations

import re

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_KINDS = (
    ("overwrite|twice|redefine|mutate|[Dd]uplicate", "同じ名前が二度書かれています"),
    ("Expected '=' after", "名前の後に = がありません"),
    ("Illegal character|Unterminated|Unescaped", "引用符の閉じ忘れか、使えない文字があります"),
    ("Unclosed|Expected '\\]", "かっこが閉じていません"),
    ("Expected newline", "一行に二つ書かれています。改行してください"),
    ("Invalid value|Invalid date|Invalid hex", "値を読めません。数は整数で、文字は引用符で囲んで書いてください"),
)
_ELSE = "書き方が正しくありません"


def toml_words(fault: ValueError | RecursionError) -> str:
    """5行目の9文字目 値を読めません。…"""
    if isinstance(fault, UnicodeDecodeError):
        return f"UTF-8 の文字ではありません（{fault.start + 1}バイト目）。UTF-8 で保存し直してください"
    if isinstance(fault, RecursionError):
        return "入れ子が深すぎます"
    text = str(fault)
    words = next((words for pattern, words in _KINDS if re.search(pattern, text)), _ELSE)
    place = _PLACE.search(text)
    return f"{place[1]}行目の{place[2]}文字目 {words}" if place else f"ファイルの終わり {words}"
