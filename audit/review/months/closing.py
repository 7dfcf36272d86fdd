"""Closing the review of a month: by name, with a finding, signed. A month is closed once and then stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import require_permission
from accounts.models import User
from accounts.permissions import Permission
from audit.review.errors import MonthClosed, MonthNotOver, MonthTooEarly
from audit.review.models import MonthlyReview
from audit.review.month_strip import following_month, previous_month
from audit.review.months.figures import sections_of
from audit.review.months.section import Section
from audit.review.texts import LONGEST_FINDING, clean, require_length
from audit.trail.recorder import Subject, record
from audit.trail.sealing.export import newest_head
from audit.trail.sealing.handed import newest_handed
from audit.trail.vocabulary import Event
from tenants.core.context import require_prefecture, scope
from tenants.core.keys import signing_key

PURPOSE = "monthly-review"


@dataclass(frozen=True, slots=True)
class Signed:
    """What a closed review says, read back from the text that was signed; `is_intact`: the signature agrees.

    `seal_number` and `seal_head`: the newest signed head of the trail at the closing (0 and empty: nothing was sealed).
    `platform_head`: that of the platform's own chain as it was last handed out, with its public key (empty: none was).
    """

    sections: list[Section]
    is_intact: bool
    seal_number: int
    seal_head: str
    platform_head: str


def close_month(month: date, user: User, finding: str) -> MonthlyReview:
    """Raises MonthNotOver, MonthTooEarly, MonthClosed, TextUnfit, PermissionRefused, TrailUnavailable."""
    require_permission(user, Permission.JUDGE_ALERT)
    require_length(finding, "所見")
    if following_month(month) > timezone.localdate():
        raise MonthNotOver
    if month < first_month():
        raise MonthTooEarly
    text = clean(finding, LONGEST_FINDING)
    at = timezone.now()
    figures = _canonical(month, sections_of(month), text, user, at.isoformat())
    key = signing_key(PURPOSE)
    review = MonthlyReview(
        month=month,
        figures=figures,
        finding=text,
        closed_by=user.username,
        closed_by_name=user.display_name,
        closed_at=at,
        signature=key.sign(figures.encode()).hex(),
        public_key=key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex(),
    )
    with transaction.atomic():
        _insert(review)
        subjects = [Subject("month", f"{month:%Y-%m}")]
        record(Event.ALERT_MONTH_SIGNED, subjects=subjects, allowed_by=Permission.JUDGE_ALERT.value)
    return review


def read_signed(review: MonthlyReview) -> Signed:
    said = json.loads(review.figures)
    sections = [
        Section(section["title"], tuple((row[0], row[1], row[2]) for row in section["rows"]))
        for section in said["sections"]
    ]
    seal = said["seal"]
    return Signed(sections, is_intact(review), seal["number"], seal["head"], seal["platform"])


def is_intact(review: MonthlyReview) -> bool:
    """Whether the signature is over exactly this text, by this prefecture's key, and the columns say what the text says."""
    own = signing_key(PURPOSE).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(own)).verify(
            bytes.fromhex(review.signature), review.figures.encode()
        )
    except (InvalidSignature, ValueError):
        return False
    said = json.loads(review.figures)
    return (said["month"], said["finding"], said["closed_by"]) == (
        f"{review.month:%Y-%m}",
        review.finding,
        review.closed_by,
    )


def first_month() -> date:
    """The month in which the prefecture began: before it there was nothing to look at."""
    return timezone.localdate(require_prefecture().created_at).replace(day=1)


def open_months(today: date) -> list[date]:
    """Months that are over and not closed, the latest first: the last one, and older ones since the first closed one. None from
    before the prefecture began: there was nothing to look at."""
    closed = set(MonthlyReview.objects.values_list("month", flat=True))
    month, found = previous_month(today.replace(day=1)), []
    first = max(first_month(), min(closed, default=month))
    while month >= first:
        if month not in closed:
            found.append(month)
        month = previous_month(month)
    return found


def _canonical(month: date, sections: list[Section], finding: str, user: User, at: str) -> str:
    """With the newest head of the trail: whoever keeps the page can show later that nothing before it was cut off."""
    head, handed = newest_head(), newest_handed()
    content = {
        "seal": {
            "number": head.number if head else 0,
            "head": head.line if head else "",
            "platform": handed.platform_head if handed else "",
        },
        "scope": scope(),
        "month": f"{month:%Y-%m}",
        "sections": [{"title": section.title, "rows": section.rows} for section in sections],
        "finding": finding,
        "closed_by": user.username,
        "closed_by_name": user.display_name,
        "closed_at": at,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _insert(review: MonthlyReview) -> None:
    try:
        with transaction.atomic():
            review.save(force_insert=True)
    except IntegrityError:
        raise MonthClosed from None
