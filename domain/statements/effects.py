"""What a dated change of a pupil or a member touches of what was decided, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.statements.intake import year_ends_on
from domain.statements.models import Determination
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
