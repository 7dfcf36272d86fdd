"""Errors of the room.  Each has a stable id and a Japanese message: what, where, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Missing:
    """A row of the pack (`row`) or a fact of the case (`fact`) without which no result can be given."""

    kind: str
    name: str
    message: str


def where_to_fill(kind: str) -> str:
    """What to do about an absent row that a board fills itself; `kind` as the pages of 年度定義 call it."""
    return f"年度定義の画面で「{kind}」に入力してください。"


NOTHING_GIVEN = "入力が空です(0件)。JSON の対象を一つ、または一行に一つずつ書いてください。"
"""Every command that reads refuses an empty input: what was to be written there went wrong, and 0 answers prove nothing."""

TO_ADD = "年度定義の [[payment_rules]] に行を足すよう、運用者に依頼してください。"
"""The same of a row that only the files of a pack have."""


class RulesError(Exception):
    """Base of the room's errors."""

    id = "RULES"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class PackError(RulesError):
    """The year pack (年度定義) itself is faulty; `faults` lists every fault found."""

    id = "RULES-PACK"

    def __init__(self, name: str, faults: Iterable[str]) -> None:
        self.name = name
        self.faults = tuple(faults)
        super().__init__(f"年度定義「{name}」に誤りがあります: " + " / ".join(self.faults))


class CaseError(RulesError):
    """The case given cannot be computed: a fact contradicts itself or has the wrong form."""

    id = "RULES-CASE"


class RuleMissing(RulesError):
    """The computation stopped because rows or facts are absent; `missing` names them all."""

    id = "RULES-MISSING"

    def __init__(self, missing: Iterable[Missing]) -> None:
        self.missing = tuple(missing)
        super().__init__("算定に必要な定義または事実がありません: " + " / ".join(m.message for m in self.missing))
