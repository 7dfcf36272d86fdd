"""Which sessions the watch learns from, and how.

Of those with an alert only 正当・恒常 adds to what is usual: whoever comes at night and waits for people to look would else be usual
before they have. What was right once, or a mistake, is not usual either; but it was honest, and belongs to the honest log-ins over which
p-values are counted: without the rarest of them every p-value would promise less than it keeps.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import SessionRecord
from audit.review.models import Alert

HONEST = (Alert.Verdict.REGULAR, Alert.Verdict.ONCE, Alert.Verdict.MISTAKE)


def doubted() -> set[str]:
    """Ids of sessions that somebody disowned, or with an alert that is open still or was judged 目的外 or なりすまし."""
    disowned = SessionRecord.objects.exclude(disowned_at=None).values_list("pk", flat=True)
    return {*_with_alerts(Alert.objects.exclude(verdict__in=HONEST)), *map(str, disowned)}


def unusual() -> set[str]:
    """The same, and those with an alert that was judged 正当・臨時 or 誤操作."""
    return doubted() | {*_with_alerts(Alert.objects.exclude(verdict=Alert.Verdict.REGULAR))}


def _with_alerts(alerts: QuerySet[Alert]) -> Iterable[str]:
    return alerts.exclude(session="").values_list("session", flat=True).distinct()
