"""The sample people of a prefecture and of the console. Every one has a password and a one-time password device."""

from __future__ import annotations

from django.conf import settings

from accounts.demo import create_demo_account
from accounts.roles import Role
from ops.embedded.servers import secret

PREFECTURE_PEOPLE = (
    ("clerk", "見本 事務子", Role.SCHOOL_CLERK),
    ("principal", "見本 校長", Role.PRINCIPAL),
    ("numbers", "見本 番号子", Role.NUMBER_HANDLER),
    ("board", "見本 教委太", Role.BOARD_OFFICER),
    ("approver", "見本 承認子", Role.APPROVER),
    ("monitor", "見本 監視郎", Role.MONITOR),
    ("security", "見本 安全子", Role.SECURITY_MANAGER),
    ("manager", "見本 管理太", Role.TENANT_ADMIN),
)
FIRST_MANAGER = ("mihon-hatsuko", "見本 初子")
"""Whom the console names at onboarding; waits to enrol, so that the way in can be tried from the handed code."""
CONSOLE_PEOPLE = (
    ("operator", "見本 運用太", Role.OPERATOR),
    ("operator2", "見本 運用子", Role.OPERATOR),
    ("platform", "見本 基盤郎", Role.PLATFORM_MONITOR),
)


def password() -> str:
    """The password of all sample accounts of this checkout: random, made once, never in the repository."""
    return secret(settings.VAR, "sample-password")[:20]


def make_prefecture_people(first_school: str) -> None:
    """In a prefecture: one person per role, and a clerk who sees only the first school."""
    for username, name, role in PREFECTURE_PEOPLE:
        create_demo_account(username, name, [role], password())
    create_demo_account("clerk1", "見本 一校子", [(Role.SCHOOL_CLERK, first_school)], password())


def make_console_people() -> None:
    for username, name, role in CONSOLE_PEOPLE:
        create_demo_account(username, name, [role], password())
