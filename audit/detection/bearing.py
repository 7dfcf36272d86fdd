"""Which rules bear a dated exception: none where a single time is a grave matter (list of signals, control "none" or "grace 0")."""

from __future__ import annotations

from typing import Final

FOR_NOBODY: Final = (
    "canary",
    "disabled_account",
    "disowned",
    "factor_change",
    "factor_elsewhere",
    "foreign_visit",
    "other_prefecture",
    "trail_broken",
    "trail_clock",
    "trail_forged",
    "trail_gap",
    "trail_unsealed",
)
"""Signals 14, 15, 30, 31, 34 and 35."""

FOR_ONE_ALONE: Final = ("related", "reveal_after_factor", "role_given", "watched")
"""An exception names the person: for everybody the records of special families, and what strong roles do, are never left unseen."""

LONGEST_DAYS: Final = 92
"""A longer exception would switch a rule off for good; a quarter can be given again."""


def bears(rule_id: str, username: str) -> bool:
    """Whether an exception of the rule may be about this person (empty: about anybody)."""
    return rule_id not in FOR_NOBODY and (username != "" or rule_id not in FOR_ONE_ALONE)


def words_of(rule_id: str) -> str:
    """For people."""
    if rule_id in FOR_NOBODY:
        return "例外は登録できません"
    who = "一人を指定して" if rule_id in FOR_ONE_ALONE else ""
    return f"{who}{LONGEST_DAYS}日まで（二人目の承認の後）"
