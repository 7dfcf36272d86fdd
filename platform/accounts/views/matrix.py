"""だれが何を見られるか: the permission matrix as a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts import field_matrix
from accounts.access import page
from accounts.permissions import ROLE_PERMISSIONS, Permission
from accounts.roles import Role, roles_of_scope
from accounts.views.shared import show, visit_of


@page(Permission.APPROVE_ACCOUNT)
@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Roles against permissions, roles against kinds of data, and for one role the pages it opens."""
    roles = roles_of_scope(visit_of(request).scope)
    chosen = request.GET.get("role", "")
    role = Role(chosen) if chosen in roles else None
    context = {
        "roles": roles,
        "permissions": [
            (one, [one in ROLE_PERMISSIONS[each] for each in roles])
            for one in Permission
            if any(one in ROLE_PERMISSIONS[each] for each in roles)
        ],
        "fields": [(row, [row.level(each) for each in roles]) for row in field_matrix.fields().values()],
        "role": role,
        "pages": _pages(role) if role else [],
    }
    return show(request, "accounts/matrix.html", context)


def _pages(role: Role) -> list[tuple[str, str, str]]:
    """What people call each page, the permission in words, and what it may show to this role."""
    kinds = field_matrix.fields()
    return [
        (
            field_matrix.title_of(row.name),
            row.permission.label if row.permission else "",
            "、".join(f"{kinds[key].label}（{kinds[key].level(role).label}）" for key in row.fields),
        )
        for row in field_matrix.views()
        if row.host == "tenant" and role in row.roles
    ]
