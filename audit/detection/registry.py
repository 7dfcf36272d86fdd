"""All rules of the watch. A new rule is a module of its own and one line here."""

from __future__ import annotations

from collections.abc import Iterator

from audit.detection import disowned, factor_change, number_in_file, outside_hours, role_given
from audit.detection.rules import ActKind, Rule

RULES: tuple[Rule, ...] = (outside_hours.RULE, disowned.RULE, factor_change.RULE, role_given.RULE, number_in_file.RULE)

WATCH_FAILED = "watch_failed"
"""Not a rule: the name of the alert that says that a rule failed, so that people look instead."""

_TITLES = {rule.id: rule.title for rule in RULES} | {WATCH_FAILED: "見守りの失敗"}


def rules_for(kind: ActKind) -> Iterator[Rule]:
    return (rule for rule in RULES if kind in rule.watches)


def title_of(rule_id: str) -> str:
    """The rule's Japanese title; the id itself for a rule of earlier days."""
    return _TITLES.get(rule_id, rule_id)
