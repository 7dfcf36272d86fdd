"""Roles (役割) of a prefecture's people and of the console's people."""

from __future__ import annotations

from typing import Final

from django.db import models


class Role(models.TextChoices):
    SCHOOL_CLERK = "school_clerk", "学校事務担当"
    PRINCIPAL = "principal", "校長"
    NUMBER_HANDLER = "number_handler", "個人番号取扱者"
    BOARD_OFFICER = "board_officer", "教委担当"
    APPROVER = "approver", "承認者"
    MONITOR = "monitor", "監視担当"
    SECURITY_MANAGER = "security_manager", "情報セキュリティ管理者"
    TENANT_ADMIN = "tenant_admin", "テナント管理者（利用者管理）"
    OPERATOR = "operator", "運用者"
    PLATFORM_MONITOR = "platform_monitor", "基盤監視担当"


CONSOLE_ROLES: Final = frozenset({Role.OPERATOR, Role.PLATFORM_MONITOR})
TENANT_ROLES: Final = frozenset(Role) - CONSOLE_ROLES

SCHOOL_ROLES: Final = frozenset({Role.SCHOOL_CLERK, Role.PRINCIPAL, Role.NUMBER_HANDLER})
"""Roles that people have at a school: for these the school, or 「すべての学校」 in so many words, must be chosen."""

LIMITED_ROLES: Final = SCHOOL_ROLES | {Role.BOARD_OFFICER, Role.APPROVER}
"""Roles that may be limited to a school: whatever they allow is held to it on every page (`test_isolation_limited` walks them).

Accounts, the watch and the trail are of the whole prefecture: whoever manages or watches them does so for all of it.
"""

STRONG_ROLES: Final = frozenset(
    {Role.NUMBER_HANDLER, Role.APPROVER, Role.MONITOR, Role.SECURITY_MANAGER, Role.TENANT_ADMIN}
)
"""Roles that see numbers, decide for others, or watch over others: one person asks for them, another approves."""


def needs_two_people(role: Role, school_code: str) -> bool:
    """Whether one person asks for the role and another approves: a strong one, and 教委担当 for every school."""
    return role in STRONG_ROLES or (role == Role.BOARD_OFFICER and not school_code)


TRAINING_VALID_DAYS: Final = 365
"""個人番号取扱者 must have been trained within this many days (番号法ガイドライン 別添1: 事務取扱担当者の監督・教育)."""


def roles_of_scope(scope: str) -> list[Role]:
    """The roles that may be given where `tenants.core.context.scope()` says this, in the order of the enum."""
    wanted = CONSOLE_ROLES if scope == "console" else TENANT_ROLES
    return [role for role in Role if role in wanted]
