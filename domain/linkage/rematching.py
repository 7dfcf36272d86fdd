"""突合のやり直し: after our own record was corrected, an open question may have answered itself."""

from __future__ import annotations

from django.db import transaction

from domain.linkage import bulk
from domain.linkage.exchange.outcomes import Kept
from domain.linkage.history import Step, note_steps
from domain.linkage.matching_records import Matcher
from domain.linkage.models import Inquiry

_REMATCHED = "世帯の記録が訂正されたため、突合をやり直しました。"


def match_again(fiscal_year: int) -> int:
    """Compare the unsettled 要確認 and 不一致 of a year with our records as they are now. Returns how many changed."""
    with transaction.atomic():
        # What is doubted for its meaning does not become right because somebody's name was corrected.
        open_ones = (
            Inquiry.objects.select_for_update(of=("self",))
            .filter(
                fiscal_year=fiscal_year,
                state=Inquiry.State.ANSWERED,
                match__in=[Inquiry.Match.REVIEW, Inquiry.Match.MISMATCH],
                settlement=Inquiry.Settlement.NONE,
            )
            .exclude(match_detail__has_key="meaning")
        )
        found = list(open_ones.select_related("member__household").order_by("pk"))
        rows = Matcher().rows([(one, Kept(one.state, one.reason, one.answer)) for one in found])
        changed = [
            (one, row)
            for one, row in zip(found, rows, strict=True)
            if (row["match"], row["match_detail"]) != (one.match, one.match_detail)
        ]
        bulk.update_inquiries([row for _, row in changed])
        note_steps(Step(one, one.state, row["match"], one.settlement, _REMATCHED) for one, row in changed)
    return len(changed)
