"""Each role that may be limited to a school is held to it on every page it opens; the others cannot be limited at all.

The roles come from the matrix and the pages from the resolver: a new page is walked without writing a test.
"""

from __future__ import annotations

import sys
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import LIMITED_ROLES, TENANT_ROLES, Role
from tests.tenants.isolation_probe import REFUSED, A, World, is_signed_in, shows_mark, signed_in, without_leaving
from tests.tenants.isolation_world import MARK, OTHER_SCHOOL

OF_NO_SCHOOL = {
    "households:schools_blank": "an empty form",
    "yearpacks:coverage": "figures of the year pack, the same for every school",
    "reports:wordings": "the prefecture's own words of its letters",
}
"""Pages a limited role opens without being asked for its schools, and why: no record of a school stands there."""

ASKS_FIRST = {
    "households:list": "puts what is searched for into the address",
    "statements:list": "puts what is searched for into the address",
    "payments:expenses": "puts what is searched for into the address",
    "statements:propose": "a form without a tab leads back",
}
"""Acts that lead on to a page that asks."""


@pytest.mark.parametrize("role", sorted(LIMITED_ROLES))
def test_every_page_of_a_limited_role_asks_for_its_schools(world: World, monkeypatch: Any, role: str) -> None:
    """It refuses, or asks `visible_schools`; either way nothing of another school's is shown."""
    from accounts.permissions import Permission, permissions_of

    client = signed_in(world, A, "tonari", ((Role(role), OTHER_SCHOOL),))
    asked = asks_for_schools(monkeypatch)
    wrong = []
    allowed = permissions_of([role])
    for url in without_leaving(world.tenant):
        for method in ("GET", "POST") if url.permission in allowed else ():
            asked.clear()
            response = client.generic(method, url.path)
            if shown := shows_mark(response, (MARK,)):
                wrong.append(f"{method} {url.name}: {shown}")
            known = url.name in OF_NO_SCHOOL or (method == "POST" and url.name in ASKS_FIRST)
            if (
                url.permission != Permission.VIEW_HOME
                and not known
                and not asked
                and response.status_code not in REFUSED
            ):
                wrong.append(f"{method} {url.name}: answers {response.status_code} and never asks for the schools")
    assert not wrong, "\n".join(["", *wrong])
    assert is_signed_in(client), "the probe would have proved nothing"


def asks_for_schools(monkeypatch: Any) -> list[str]:
    """Fills whenever `visible_schools` is asked, from wherever it was imported."""
    from accounts import access
    from accounts.permissions import roles_with

    asked: list[str] = []

    def seen(permission: Any) -> Any:
        if sys._getframe(1).f_code is access.visible_schools.__code__:
            asked.append(str(permission))
        return roles_with(permission)

    monkeypatch.setattr(access, "roles_with", seen)
    return asked


def test_the_exceptions_are_pages_that_there_are(world: World) -> None:
    assert {*OF_NO_SCHOOL, *ASKS_FIRST} <= {url.name for url in world.tenant}


@pytest.mark.parametrize("role", sorted(TENANT_ROLES - LIMITED_ROLES))
def test_a_role_of_the_whole_prefecture_is_never_limited(in_a: Any, role: str) -> None:
    from accounts.errors import RoleNotAllowed
    from accounts.services import assign_role, create_user

    user = create_user("gentei", "サンプル 限定")
    with pytest.raises(RoleNotAllowed, match="学校を限れない役割"):
        assign_role(user, Role(role), school_code=OTHER_SCHOOL)
    assigned = assign_role(user, Role(role))
    with pytest.raises(IntegrityError, match="role_of_all_schools_or_held_to_one"), transaction.atomic():
        type(assigned).objects.filter(pk=assigned.pk).update(school_code=OTHER_SCHOOL)
