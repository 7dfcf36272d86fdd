"""支弁区分 decided already, for whoever wants to put another 年度定義 in force."""

from __future__ import annotations

import datetime

from django.db.models import Count, Q

from domain.statements.models import Determination
from domain.yearpacks.past import PastDecision
from web.dates import to_wareki


def decided_from(fiscal_year: int, day: datetime.date, digest: str) -> list[PastDecision]:
    """決定 of the year by another pack that take effect, or were approved, on `day` or later; one entry per document."""
    rows = (
        Determination.objects.filter(statement__fiscal_year=fiscal_year, approved_by__isnull=False)
        .filter(Q(effective_from__gte=day) | Q(approved_at__date__gte=day))
        .exclude(computation__pack_digest=digest)
        .values("document_number", "effective_from")
        .annotate(number=Count("pk"))
        .order_by("effective_from", "document_number")
    )
    return [
        PastDecision(
            f"支弁区分の決定 {row['number']}件"
            f"（{row['document_number'] or '決裁番号なし'}、適用日 {to_wareki(row['effective_from'])}）",
            row["effective_from"],
        )
        for row in rows
    ]
