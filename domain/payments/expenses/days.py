"""Which day of a 使用経費 counts in queries: as `Expense.counts_on` says of one."""

from __future__ import annotations

import datetime

from django.db.models import Case, F, Q, When

COUNTS_ON = Case(When(before_entry=True, then=F("pupil__enrolled_on")), default=F("used_on"))


def counted_within(first: datetime.date, last: datetime.date) -> Q:
    """Expenses that belong to these days."""
    days = (first, last)
    return Q(before_entry=False, used_on__range=days) | Q(before_entry=True, pupil__enrolled_on__range=days)
