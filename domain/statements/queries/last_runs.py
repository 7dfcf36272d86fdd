"""The figures of each 調書's last computation, as columns of a query."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable

from domain.statements.models import Computation, Statement

COLUMNS = ("income", "annual_need_numerator", "annual_need_denominator", "category", "standing", "category_reason")
RATIO_SCALE = 1_000_000


def with_last_run(statements: QuerySet[Statement], columns: tuple[str, ...] = COLUMNS) -> QuerySet[Statement, Any]:
    """Adds run (its id) and `columns` of the last computation, all null where there is none. 円・年額"""
    return statements.annotate(run=_last("pk"), **{name: _last(name) for name in columns})


def ratio() -> Combinable:
    """収入額 ÷ 需要額 in millionths, cut off: for sorting alone."""
    scaled = F("income") * F("annual_need_denominator") * Value(RATIO_SCALE, output_field=BigIntegerField())
    return scaled / F("annual_need_numerator")


def _last(column: str) -> Subquery:
    runs = Computation.objects.filter(statement=OuterRef("pk"), provisional=False).order_by("-sequence")
    return Subquery(runs.values(column)[:1])
