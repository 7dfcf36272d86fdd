"""JSON read strictly: no decimals, no name given twice, in one place for all commands. Faults are told in Japanese."""

from __future__ import annotations

import json
from typing import NoReturn

_WORDS = {
    "Expecting property name": "「{」の後には、引用符で囲んだ名前を書いてください",
    "Expecting value": "値がありません",
    "Expecting ',' delimiter": "「,」か、閉じるかっこがありません",
    "Expecting ':' delimiter": "名前の後に「:」がありません",
    "Extra data": "余分な文字が続いています",
    "Unterminated string": "引用符で閉じていない文字があります",
    "Invalid control character": "引用符の中に改行などがあります",
    "Invalid \\": "「\\」の使い方が正しくありません",
    "Illegal trailing comma": "最後の「,」は要りません",
}
"""What the library says first, and what we say."""
_ELSE = "書き方が正しくありません"


class NotJson(ValueError):
    """The text is Japanese words; `line` and `column` of the fault, 0 where it has no place."""

    def __init__(self, words: str, line: int = 0, column: int = 0) -> None:
        super().__init__(words)
        self.line, self.column = line, column

    def told(self, where: str = "") -> str:
        """With its place; `where` ("3行目") for a text that is one line of many."""
        place = where or (f"{self.line}行目" if self.line else "")
        if self.column:
            place += f"の{self.column}文字目"
        return f"{place}: JSON として読めません({self})" if place else f"JSON として読めません({self})"


def strict_json(text: str) -> object:
    """The decoded text. Raises NotJson."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_float=_no_decimal, parse_constant=_no_decimal)
    except json.JSONDecodeError as fault:
        words = next((words for begins, words in _WORDS.items() if fault.msg.startswith(begins)), _ELSE)
        raise NotJson(words, fault.lineno, fault.colno) from None
    except NotJson:
        raise
    except RecursionError:
        raise NotJson("入れ子が深すぎます") from None
    except ValueError:  # more digits than Python turns into a number
        raise NotJson("数が大きすぎます") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = "、".join(sorted({name for name in names if names.count(name) > 1}))
        raise NotJson(f"同じ項目が二度書かれています: {twice}")
    return found


def _no_decimal(text: str) -> NoReturn:
    raise NotJson(f"小数は使えません: {text}。円の整数で書いてください")
