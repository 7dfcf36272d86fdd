"""The matrix, and the page made from it."""

from pathlib import Path

import pytest

from accounts.matrix import inserted_into
from accounts.permissions import LABELS, ROLE_PERMISSIONS, Permission, permissions_of, roles_with
from accounts.roles import CONSOLE_ROLES, TENANT_ROLES, Role, roles_of_scope

PAGE = Path(__file__).parents[3] / "docs" / "accounts.md"
CONSOLE_ONLY = {
    Permission.VIEW_PREFECTURES,
    Permission.ONBOARD_PREFECTURE,
    Permission.CONFIGURE_ADAPTER,
    Permission.ACTIVATE_ADAPTER,
    Permission.VIEW_PLATFORM_HEALTH,
    Permission.VIEW_SHIPPED_PACKS,
}
CONSOLE_MAY = CONSOLE_ONLY | {Permission.VIEW_HOME, Permission.VIEW_JOBS}


def test_every_role_has_its_row_and_every_permission_its_words_and_holder() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert set(LABELS) == set(Permission)
    assert all(roles_with(permission) for permission in Permission)


def test_the_console_never_reaches_a_person_and_a_prefecture_never_the_console() -> None:
    assert permissions_of(CONSOLE_ROLES) <= CONSOLE_MAY
    assert not permissions_of(TENANT_ROLES) & CONSOLE_ONLY


def test_whoever_proposes_does_not_approve() -> None:
    pairs = [
        (Permission.RUN_LINKAGE, Permission.APPROVE_INQUIRY),
        (Permission.PROPOSE_DECISION, Permission.APPROVE_DECISION),
        (Permission.CALCULATE_ROUND, Permission.APPROVE_ROUND),
        (Permission.EDIT_YEARPACK, Permission.APPROVE_YEARPACK),
        (Permission.EDIT_WORDING, Permission.APPROVE_WORDING),
        (Permission.EDIT_STATEMENT, Permission.FORWARD_STATEMENT),
        (Permission.MANAGE_VAULT, Permission.APPROVE_VAULT),
    ]
    for first, second in pairs:
        assert not set(roles_with(first)) & set(roles_with(second))


def test_only_the_number_role_sees_numbers_and_only_managers_judge() -> None:
    assert roles_with(Permission.REVEAL_NUMBER) == roles_with(Permission.IMPORT_NUMBERS) == [Role.NUMBER_HANDLER]
    assert roles_with(Permission.JUDGE_ALERT) == [Role.SECURITY_MANAGER]


def test_those_who_watch_or_manage_accounts_see_no_household() -> None:
    for role in (Role.MONITOR, Role.SECURITY_MANAGER, Role.TENANT_ADMIN):
        assert Permission.VIEW_HOUSEHOLD not in ROLE_PERMISSIONS[role]


def test_no_operator_makes_another_operator() -> None:
    assert roles_with(Permission.MANAGE_USERS) == [Role.TENANT_ADMIN]


def test_a_role_that_is_no_more_allows_nothing() -> None:
    assert permissions_of(["retired_role"]) == frozenset()


@pytest.mark.parametrize(("scope", "roles"), [("console", CONSOLE_ROLES), ("p_abc", TENANT_ROLES)])
def test_roles_belong_to_a_place(scope: str, roles: frozenset[Role]) -> None:
    assert set(roles_of_scope(scope)) == roles


def test_the_page_shows_the_matrix_of_the_data() -> None:
    """When this fails: `python manage.py permission_matrix`."""
    document = PAGE.read_text(encoding="utf-8")
    assert inserted_into(document) == document
