"""What a dated change of a pupil or a member touches of what was decided, in words; and what was decided, by its days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.statements.intake import year_ends_on
from domain.statements.models import Determination
from domain.statements.queries.known import KnownCategories
from web.dates import to_wareki


def effects_from(pupils: Sequence[int], day: date) -> list[str]:
    """令和7年4月1日からの決定（決裁1）は変わりません。…: of each decision that holds on or after `day`. One query."""
    rows = Determination.objects.filter(pupil_categories__pupil__in=list(pupils)).exclude(approved_by=None)
    found = rows.order_by("effective_from", "pk").distinct().select_related("statement")
    return [
        f"{to_wareki(row.effective_from)}からの{row.get_kind_display()}（{row.document_number}）は、この変更では変わりません。"
        "区分を判定しなおすときは、調書から再判定を始めてください。"
        for row in found
        if year_ends_on(row.statement.fiscal_year) >= day
    ]


def category_days(pupil: int) -> list[tuple[date, int | None]]:
    """First day and category of each decision that is valid today. Two queries."""
    known = KnownCategories.of([pupil])
    valid = [(day, known.valid_on(pupil, day)) for day in known.days_of(pupil)]
    return [(day, one.category) for day, one in valid if one is not None and one.effective_from == day]
