"""開示用の記録: who looked at one household, member or pupil in a period, as a guardian may have it on paper.

Roles stand in it and no names of staff: who they are is decided in each request (個人情報保護法78条1項2号).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from audit.trail.entries import Subject
from audit.trail.labels import WORDING, subject_label
from audit.trail.reader import MOST_AT_ONCE, Filters, TrailEvent, search
from tenants.core.context import require_prefecture
from typesetting.engine import RenderedPdf, render_pdf
from typesetting.office_data import Disclosure, DisclosureLine, Disclosures
from web.dates import to_wareki

GROUPS = ("read", "number", "print", "export")
MOST_LINES = 5_000
TEMPLATE = "disclosure"


class TooMuch(ValueError):
    """`trail.too-much`: more lines than one document holds."""

    identifier = "trail.too-much"

    def __init__(self) -> None:
        super().__init__(f"一つの書類に{MOST_LINES:,}件まで印刷できます。期間を分けてください。")


def accesses(subject: Subject, since: datetime, until: datetime) -> list[TrailEvent]:
    """What was looked at, printed, taken out or revealed of a subject, oldest first. Raises TrailUnavailable, TooMuch."""
    found = [event for event in _all(subject, since, until) if event.event.partition(":")[0] in GROUPS]
    return found[::-1]


def pdf_of(
    subject: Subject, shown: str, events: list[TrailEvent], since: datetime, until: datetime, by: str
) -> RenderedPdf:
    """The document. `shown`: the subject as the office names it (世帯番号, 学籍番号). Raises TypesettingError."""
    prefecture = require_prefecture()
    last = timezone.localdate(until - timedelta(microseconds=1))
    document: Disclosure = {
        "number": shown,
        "owner": prefecture.name,
        "subject": f"{subject_label(subject.kind)} {shown}",
        "period": f"{to_wareki(timezone.localdate(since))}から{to_wareki(last)}まで",
        "count": f"{len(events):,}",
        "lines": [_line(event) for event in events],
    }
    now = timezone.localtime()
    data: Disclosures = {
        "sample": prefecture.sample,
        "printed": {"at": f"{to_wareki(now.date())} {now:%H:%M}", "by": by},
        "documents": [document],
    }
    return render_pdf(TEMPLATE, data)


def _line(event: TrailEvent) -> DisclosureLine:
    at = timezone.localtime(event.occurred_at)
    words = WORDING.get(event.event)
    return {
        "at": f"{to_wareki(at.date())} {at:%H:%M}",
        "what": words.label if words else event.event,
        "role": event.actor_role or "システム",
        "duty": "、".join(text for text in (event.duty, event.case) if text) or "–",
    }


def _all(subject: Subject, since: datetime, until: datetime) -> Iterator[TrailEvent]:
    after, count = "", 0
    while page := search(Filters(subject=subject, since=since, until=until, after=after, limit=MOST_AT_ONCE)):
        count += len(page)
        if count > MOST_LINES:
            raise TooMuch
        yield from page
        after = page[-1].key
