"""How a view says who may open it, and the checks a view or service makes itself.

Every view is a function marked with exactly one of `page(...)` and `public_page`; the guard refuses any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts import session_state
from accounts.errors import OutsideSchool, PermissionRefused, StepUpRequired
from accounts.permissions import Permission, permissions_of, roles_with

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import RoleAssignment, User

    Person: TypeAlias = User | AnonymousUser
    """`request.user` as Django types it. Nobody signed in has no roles, and so may nothing and sees no school."""

HostKind = Literal["tenant", "console", "both"]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True, slots=True)
class Access:
    """What a view asks for. Without a permission it is public: log-in, enrolment, log-out, health, and no more."""

    permission: Permission | None
    host: HostKind = "both"
    passive: bool = False
    """A page that reloads itself (progress): opening it is no sign of life of the person."""

    @property
    def is_public(self) -> bool:
        return self.permission is None

    def is_for(self, scope: str) -> bool:
        return self.host in ("both", "console" if scope == "console" else "tenant")


def page(permission: Permission, host: HostKind = "tenant", *, passive: bool = False) -> Callable[[View], View]:
    """For people who are logged in with a one-time password and hold `permission`, on this kind of host."""
    return _mark(Access(permission, host, passive))


def public_page(view: View) -> View:
    """Open to anybody. `tests/platform/accounts/test_every_url.py` lists the few views that may be so."""
    return _mark(Access(None))(view)


def access_of(view: Callable[..., Any]) -> Access | None:
    found = getattr(view, "access", None)
    return found if isinstance(found, Access) else None


def _mark(access: Access) -> Callable[[View], View]:
    def marked(view: View) -> View:
        view.__dict__["access"] = access
        return view

    return marked


# --- checks inside a view or service ----------------------------------------------------------------------------------


def person_of(request: HttpRequest) -> User:
    """The person signed in. Raises TypeError where nobody is, which the guard lets happen on public pages only."""
    if not request.user.is_authenticated:
        raise TypeError("nobody is signed in: this view is public, or not behind the guard")
    return request.user


def roles_in_force(user: Person) -> list[RoleAssignment]:
    """The person's roles of today, read once per request."""
    return user.roles_today if user.is_authenticated else []


def may(user: Person, permission: Permission) -> bool:
    return permission in permissions_of(assignment.role for assignment in roles_in_force(user))


def require_permission(user: Person, permission: Permission) -> None:
    """For an act inside a page that needs more than the page. Raises PermissionRefused."""
    if not may(user, permission):
        raise PermissionRefused(permission)


def visible_schools(user: Person, permission: Permission = Permission.VIEW_HOUSEHOLD) -> list[str] | None:
    """School codes the person may use `permission` for; None means every school of the prefecture, [] none.

    Only roles that hold the permission count: being monitor of the whole prefecture does not widen a clerk's school.
    """
    holders = roles_with(permission)
    codes = {assignment.school_code for assignment in roles_in_force(user) if assignment.role in holders}
    return None if "" in codes else sorted(_schools_of(codes))


def _schools_of(codes: set[str]) -> set[str]:
    from accounts import sections  # the models need this module's neighbours first

    return sections.expanded(codes)


def holds_everywhere(user: Person, permission: Permission) -> bool:
    """Whether a role of the person gives the permission for every school of the prefecture."""
    return visible_schools(user, permission) is None


def may_at(user: Person, permission: Permission, school_code: str) -> bool:
    """Whether a role of the person gives the permission at this school."""
    schools = visible_schools(user, permission)
    return schools is None or school_code in schools


def require_school(user: Person, school_code: str, permission: Permission = Permission.VIEW_HOUSEHOLD) -> None:
    """Raises OutsideSchool (a Http404; the guard writes the event) outside the person's schools."""
    if not may_at(user, permission, school_code):
        raise OutsideSchool(school_code)


def require_step_up(request: HttpRequest) -> None:
    """Raises StepUpRequired unless the one-time password was checked within `settings.STEP_UP_SECONDS` (10 minutes).

    Call it before anything is done: the guard answers with the one-time password page and comes back to this one.
    """
    age = session_state.otp_age(request.session)
    if age is None or age >= timedelta(seconds=settings.STEP_UP_SECONDS):
        raise StepUpRequired


def labels_of(roles: Iterable[RoleAssignment]) -> list[str]:
    """The roles in words, each once: 学校事務担当, 承認者（サンプル 花子の代決・代理）."""
    return list(dict.fromkeys(_label(role) for role in roles))


def _label(role: RoleAssignment) -> str:
    principal = role.acting_for
    return role.get_role_display() + (f"（{principal.display_name}の代決・代理）" if principal else "")


def stands_in_for(roles: Iterable[RoleAssignment], permission: Permission) -> User | None:
    """In whose place this permission is used, when no role of one's own holds it; None for one's own right."""
    holders = [role for role in roles if role.role in roles_with(permission)]
    if not holders or any(role.acting_for_id is None for role in holders):
        return None
    return holders[0].acting_for
