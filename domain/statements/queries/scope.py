"""Which 調書 a person may see: those of the schools that handle them, and no other."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from accounts.access import require_school, visible_schools
from accounts.models import User
from accounts.permissions import Permission
from domain.households.models import School
from domain.statements.models import Statement
from tenants.core.context import require_prefecture

# From here on a 調書 counts as computed, forwarded, decided.
DECIDED = (Statement.State.DECIDED, Statement.State.NOTICED)
AT_BOARD = (Statement.State.FORWARDED, Statement.State.PROPOSED, *DECIDED)
COMPUTED = (Statement.State.COMPUTED, *AT_BOARD)


def working_year() -> int:
    return int(require_prefecture().working_year)


def visible_statements(user: User, permission: Permission = Permission.VIEW_HOUSEHOLD) -> QuerySet[Statement]:
    """調書 of the working year at the person's schools."""
    statements = Statement.objects.filter(fiscal_year=working_year())
    codes = visible_schools(user, permission)
    return statements if codes is None else statements.filter(school__code__in=codes)


def find_statement(user: User, statement_id: int, permission: Permission = Permission.VIEW_HOUSEHOLD) -> Statement:
    """Raises Http404 for one that does not exist, OutsideSchool (a 404 with its event) for another school's."""
    found = Statement.objects.select_related("household", "school").filter(pk=statement_id).first()
    if found is None:
        raise Http404
    require_school(user, found.school.code, permission)
    return found


def schools_of(user: User, permission: Permission = Permission.VIEW_HOUSEHOLD) -> list[School]:
    codes = visible_schools(user, permission)
    return list(School.objects.all() if codes is None else School.objects.filter(code__in=codes))
