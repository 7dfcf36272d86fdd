"""What a vendor's operator may see inside a window: chosen pages, for reading, without numbers and without acts."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from accounts import field_matrix
from accounts.field_matrix import ViewRow
from accounts.models import RoleAssignment, User, VendorVisit, VendorWindow
from accounts.permissions import NUMBER_PERMISSIONS, Permission, roles_with
from accounts.roles import Role
from accounts.vendor_pages import PAGES
from tenants.core.context import console_context, scope

OFFERED: Final = frozenset(
    {
        Permission.VIEW_HOUSEHOLD,
        Permission.VIEW_TARGETS,
        Permission.VIEW_YEARPACK,
        Permission.VIEW_JOBS,
        Permission.RUN_LINKAGE,
        Permission.IMPORT_ROSTER,
        Permission.ENTER_EXPENSE,
    }
)
"""Pages of these permissions can be opened to a vendor. Accounts, the trail, files and everything with numbers cannot."""

NEVER_SHOWN: Final = frozenset({"individual_number", "unified_number"})
OWN_PAGES: Final = frozenset({"accounts:vendor_home", "accounts:vendor_leave"})
READING: Final = frozenset({"GET", "HEAD"})


def pages_offered() -> list[ViewRow]:
    """The pages of a prefecture that a window may name, in the order of `PAGES`."""
    rows = {row.name: row for row in field_matrix.views() if row.host == "tenant"}
    return [rows[name] for name in PAGES if name in rows and _is_offered(rows[name])]


def _is_offered(row: ViewRow) -> bool:
    return row.permission in OFFERED - NUMBER_PERMISSIONS and not NEVER_SHOWN & set(row.fields)


def may_open(user: User, page: str, method: str) -> bool:
    """Whether this visitor may do this now; asked at each request, so that closing the window ends it at once."""
    if page in OWN_PAGES:
        return True
    window = user.vendor_window
    known = {row.name for row in pages_offered()}
    return window is not None and page in window.pages and page in known and method in READING


def is_operator_now(username: str) -> bool:
    """Whether the console still knows this operator: not stopped, within their days, enrolled, with the role of today.

    Asked at each request of a visit, so that who is stopped there is cut off here at the next one.
    """
    with console_context():
        person = User.objects.filter(username=username, must_enrol=False).first()
        if person is None or not person.is_current(timezone.localdate()):
            return False
        return any(assignment.role == Role.OPERATOR for assignment in person.roles_today)


def was_ended_at_console(window: VendorWindow) -> bool:
    """Whether the operator ended this visit on their page of the console."""
    place = scope()
    with console_context():
        return VendorVisit.objects.filter(scope=place, window=window.pk).exclude(ended_at=None).exists()


def roles_for(user: User) -> list[RoleAssignment]:
    """The reading rights behind the window's pages, for the whole prefecture; never those of 個人番号取扱者. Not saved."""
    window = user.vendor_window
    if window is None:
        return []
    chosen = {row.permission for row in pages_offered() if row.name in window.pages}
    roles = {_role_for(permission) for permission in chosen if permission is not None}
    return [
        RoleAssignment(user=user, role=role, school_code="", starts_on=window.opens_at.date()) for role in sorted(roles)
    ]


def _role_for(permission: Permission) -> Role:
    return next(
        role for role in (Role.BOARD_OFFICER, Role.APPROVER, *roles_with(permission)) if role in roles_with(permission)
    )
