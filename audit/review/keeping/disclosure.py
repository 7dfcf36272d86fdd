"""開示用の記録: who looked at one child's family in a period, under whichever of its records, as a guardian may have it on paper.

Roles stand in it and no names of staff, nor whom a deputy stood in for: who they are is decided in each request (個人情報保護法
78条1項2号). Neither does the reason somebody typed at a number: it may speak of other people, or of where a family is safe.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.roles import Role
from audit.review.families import of_family, with_family
from audit.trail.actors import joined_roles, roles_in
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
_FAMILY = "（同じ世帯の世帯構成員、児童生徒、調書、使用経費、支給、照会の記録を含む）"


class TooMuch(ValueError):
    """`trail.too-much`: more lines than one document holds."""

    identifier = "trail.too-much"

    def __init__(self) -> None:
        super().__init__(f"一つの書類に{MOST_LINES:,}件まで印刷できます。期間を分けてください。")


def accesses(subject: Subject, since: datetime, until: datetime) -> list[TrailEvent]:
    """What was looked at, printed, taken out or revealed of a subject and its family, oldest first.

    Raises TrailUnavailable, TooMuch.
    """
    return list(_all(of_family(Filters(subject=subject, since=since, until=until, limit=MOST_AT_ONCE))))[::-1]


def pdf_of(
    subject: Subject, shown: str, events: list[TrailEvent], since: datetime, until: datetime, by: str
) -> RenderedPdf:
    """The document. `shown`: the subject as the office names it (世帯番号, 学籍番号). Raises TypesettingError."""
    prefecture = require_prefecture()
    now = timezone.localtime()
    data: Disclosures = {
        "sample": prefecture.sample,
        "printed": {"at": f"{to_wareki(now.date())} {now:%H:%M}", "by": by},
        "documents": [_document(subject, shown, events, since, until)],
    }
    return render_pdf(TEMPLATE, data)


def _document(subject: Subject, shown: str, events: list[TrailEvent], since: datetime, until: datetime) -> Disclosure:
    last = timezone.localdate(until - timedelta(microseconds=1))
    return {
        "number": shown,
        "owner": require_prefecture().name,
        "subject": f"{subject_label(subject.kind)} {shown}{_FAMILY if len(with_family(subject)) > 1 else ''}",
        "period": f"{to_wareki(timezone.localdate(since))}から{to_wareki(last)}まで",
        "count": f"{len(events):,}",
        "lines": [_line(event) for event in events],
    }


def _line(event: TrailEvent) -> DisclosureLine:
    at = timezone.localtime(event.occurred_at)
    words = WORDING.get(event.event)
    return {
        "at": f"{to_wareki(at.date())} {at:%H:%M}",
        "what": words.label if words else event.event,
        "role": _roles_without_names(event.actor_role) or "システム",
        "duty": event.duty or "–",
    }


def _roles_without_names(role: str) -> str:
    """承認者（代決・代理） for 承認者（サンプル 花子の代決・代理）; what is no role's label, so perhaps a part of a name, is 職員."""
    return joined_roles(dict.fromkeys(_without_name(label) for label in roles_in(role)))


def _without_name(label: str) -> str:
    if label in Role.labels:
        return label
    known = next((known for known in Role.labels if label.startswith(f"{known}（")), "")
    return f"{known}（代決・代理）" if known else "職員"


def _all(asked: Filters) -> Iterator[TrailEvent]:
    """Newest first. What was done and shows nothing to anybody (a save, a job) is no line and is not counted."""
    after, count = "", 0
    while page := search(replace(asked, after=after)):
        lines = [event for event in page if event.event.partition(":")[0] in GROUPS]
        count += len(lines)
        if count > MOST_LINES:
            raise TooMuch
        yield from lines
        after = page[-1].key
