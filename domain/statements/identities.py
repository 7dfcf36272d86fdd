"""調書 in the viewer of the trail: from our ids to year and 世帯番号, for the schools whose records the viewer may look at."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.access import visible_schools
from accounts.models import User
from accounts.permissions import Permission
from audit.review.identities import register_namer
from domain.statements.models import Statement
from web.dates import fiscal_year_label


def register() -> None:
    register_namer("statement", _names)


def _names(ids: Sequence[str], viewer: User) -> dict[str, str]:
    codes = visible_schools(viewer, Permission.VIEW_TRAIL)
    rows = Statement.objects.filter(pk__in=[int(one) for one in ids if one.isdecimal() and len(one) < 18])
    if codes is not None:
        rows = rows.filter(school__code__in=codes)
    found = rows.values_list("pk", "fiscal_year", "household__number")
    return {str(pk): f"{fiscal_year_label(year)} 世帯番号 {number}" for pk, year, number in found}
