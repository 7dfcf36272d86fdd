"""All rules of the watch. A new rule is a module of its own and one line here."""

from __future__ import annotations

from collections.abc import Iterator

from audit.detection import disowned, factor_change, number_in_file, outside_hours, role_given, unusual_login
from audit.detection.rules import ActKind, Described, Rule
from audit.detection.signals import office, trail_health
from audit.detection.signals.access import (
    canary,
    export_outside_hours,
    export_size,
    exports,
    other_school,
    prefix_enumeration,
    purpose_mismatch,
    rare_action,
    related,
    reveal_rate,
    same_reason,
    search_probing,
    sequential_walk,
    strange_place,
    unexplained,
    volume,
    watched,
)
from audit.detection.signals.accounts import brief_role, reveal_after_factor
from audit.detection.signals.base import DayRule
from audit.detection.signals.credentials import (
    disabled_account,
    factor_elsewhere,
    otp_failures,
    otp_replay,
    password_failures,
)
from audit.detection.signals.office import OfficeRule
from audit.detection.signals.platform import other_prefecture
from audit.detection.signals.sessions import (
    concurrent_sessions,
    dormant_account,
    long_session,
    session_jump,
    unusual_duration,
)
from audit.detection.signals.week import PEERS, WeekRule

RULES: tuple[Rule, ...] = (
    outside_hours.RULE,
    unusual_login.RULE,
    disowned.RULE,
    factor_change.RULE,
    role_given.RULE,
    number_in_file.RULE,
)
"""Asked in the transaction of an act."""

DAY_RULES: tuple[DayRule, ...] = (
    long_session.RULE,
    unusual_duration.RULE,
    concurrent_sessions.RULE,
    session_jump.RULE,
    password_failures.RULE,
    otp_failures.RULE,
    otp_replay.RULE,
    dormant_account.RULE,
    disabled_account.RULE,
    factor_elsewhere.RULE,
    strange_place.RULE,
    reveal_after_factor.RULE,
    volume.RULE,
    reveal_rate.RULE,
    sequential_walk.RULE,
    unexplained.RULE,
    related.RULE,
    watched.RULE,
    other_school.RULE,
    search_probing.RULE,
    prefix_enumeration.RULE,
    exports.RULE,
    export_size.RULE,
    export_outside_hours.RULE,
    same_reason.RULE,
    purpose_mismatch.RULE,
    brief_role.RULE,
    other_prefecture.RULE,
    rare_action.RULE,
    canary.RULE,
)
"""Asked about each person's day by the sweep."""

OFFICE_RULES: tuple[OfficeRule, ...] = (
    office.SPRAY,
    office.VENDOR,
    other_prefecture.NOBODY,
    office.GAP,
    trail_health.UNSEALED,
    trail_health.BROKEN,
    trail_health.FORGED,
    trail_health.CLOCK,
)

WEEK_RULES: tuple[WeekRule, ...] = (PEERS,)
"""Asked each night about everybody's last seven days."""

ALL_RULES: tuple[Described, ...] = (*RULES, *DAY_RULES, *OFFICE_RULES, *WEEK_RULES)

WATCH_FAILED = "watch_failed"
"""Not a rule: the name of the alert that says that a rule failed, so that people look instead."""

GATHERING = Described(
    id="gathering",
    title="一日の記録と業務の突き合わせ",
    needs="その日の操作の記録と、業務の記録",
    threshold="",
    control="",
    certainty="",
    example="",
)
"""Not a rule either: what comes before all rules of a day, and may fail for one person."""

_TITLES = {GATHERING.id: GATHERING.title} | {rule.id: rule.title for rule in ALL_RULES} | {WATCH_FAILED: "見守りの失敗"}


def rules_for(kind: ActKind) -> Iterator[Rule]:
    return (rule for rule in RULES if kind in rule.watches)


def title_of(rule_id: str) -> str:
    """The rule's Japanese title; the id itself for a rule of earlier days."""
    return _TITLES.get(rule_id, rule_id)
