"""Why an access to a household was right, as far as the inquiries know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from accounts.access import visible_schools
from accounts.models import User
from audit.detection.reasons import Explainer, register_explainer
from audit.trail.entries import Subject
from domain.households.homes import of_rows, register_kind, subjects_in
from domain.linkage.models import CopyLine, HeldInquiry, Inquiry

DAYS_AFTER_ANSWER = 30


def register() -> None:
    register_kind("inquiry", *of_rows(Inquiry.objects.all, "member__household_id"))
    register_kind("held_inquiry", *of_rows(HeldInquiry.objects.all, "member__household_id"))
    register_kind("copy_line", *of_rows(CopyLine.objects.all, "copy__member__household_id"))
    register_explainer(Explainer("E3", "照会の回答", answered), "linkage")


def answered(user: User, subjects: Sequence[Subject], day: date) -> dict[Subject, str]:
    """E3: an answer came within 30 days, for somebody who looks after inquiries of the whole prefecture."""
    if visible_schools(user) is not None:
        return {}
    since = day - timedelta(days=DAYS_AFTER_ANSWER)

    def wanted(homes: set[int]) -> Iterable[int]:
        rows = Inquiry.objects.filter(member__household__in=homes, answered_at__date__range=(since, day))
        return rows.values_list("member__household_id", flat=True)

    return subjects_in(subjects, wanted, f"{DAYS_AFTER_ANSWER}日以内の照会の回答")
