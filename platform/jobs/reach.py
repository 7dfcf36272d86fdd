"""What a waiting job's page says when nobody takes it: whether the broker (待ち行列) answers, and since when the job waits."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError

from web.formatting import format_moment

CONNECT_SECONDS = 2
ASKED_EVERY_SECONDS = 10
"""A process asks a broker no more often, however many pages are open."""
SOON = timedelta(seconds=30)
"""Beyond it a job that nobody took makes its page ask."""
LATE = timedelta(seconds=120)

_KEPT = "依頼とファイルは残っていて、失われません。"
_asked: dict[str, tuple[float, bool]] = {}


def broker_answers() -> bool:
    """As of the last few seconds. Never raises for a dead broker."""
    url, now = str(current_app.conf.broker_url), time.monotonic()
    at, answered = _asked.get(url, (0.0, False))
    if url not in _asked or now - at > ASKED_EVERY_SECONDS:
        answered = _connects()
        _asked[url] = (now, answered)
    return answered


def _connects() -> bool:
    try:
        with current_app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=CONNECT_SECONDS)
    except (OperationalError, OSError):
        return False
    return True


def why_not_taken(since: datetime) -> str:
    """Of a job that could have been begun since then; "" while that is not long."""
    waited = timezone.now() - since
    if waited < SOON:
        return ""
    if not broker_answers():
        return (
            f"処理の受付（待ち行列）が止まっているため、いまは始められません（{format_moment(since)}から待っています）。"
            f"{_KEPT}復旧すると、自動で始まります。"
        )
    if waited < LATE:
        return ""
    return (
        f"{format_moment(since)}から待っていますが、まだ始まっていません。ほかの処理の順番を待っているか、"
        f"処理を受け持つプログラムが止まっています。{_KEPT}"
    )
