"""Every file that a page is handed, before the page sees it: counted for the person, and scanned where a scanner is set.

One place for all pages: the guard asks here. A file is told to be refused by words alone; its name and content are kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts import scanning
from accounts.models import UploadTally, User
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Quota:
    """What one person may hand in within so many days. `size`: bytes."""

    days: int
    files: int
    size: int


QUOTAS: Final = (Quota(1, 500, 1024 * MEBIBYTE), Quota(365, 10_000, 10 * 1024 * MEBIBYTE))
"""Far above a season's work of one person: 300 rosters a day, a few thousand files a year."""

TOO_MANY: Final = (
    "1人が受け渡せるファイルの上限（{days}日に{files:,}個、合わせて{megabytes:,}MB）を超えるため、受け取りませんでした。"
    "日を改めるか、別の担当者から送ってください。"
)
INFECTED: Final = (
    "検査で有害なプログラムが見つかったため、受け取りませんでした。情報セキュリティ管理者に連絡してください。"
)
NOT_SCANNED: Final = "ファイルの検査ができないため、受け取りませんでした。しばらくしてからもう一度送ってください。"


def refusal_of(user: User, files: list[UploadedFile[Any]]) -> str:
    """Why these files are not taken, in words for the person; "" when they are.

    They are counted before they are scanned: a file that is refused has cost as much as another.
    """
    if not files:
        return ""
    with transaction.atomic():
        over = _count(user, len(files), sum(file.size or 0 for file in files), timezone.localdate())
    if over is not None:
        words = TOO_MANY.format(days=over.days, files=over.files, megabytes=over.size // MEBIBYTE)
        return _refused("quota", words)
    for file in files:
        match scanning.verdict(file):
            case scanning.Verdict.FOUND:
                return _refused("found", INFECTED)
            case scanning.Verdict.UNKNOWN:
                return _refused("not_scanned", NOT_SCANNED)
    return ""


def _count(user: User, files: int, size: int, today: date) -> Quota | None:
    """Add to today's count, unless a quota would be passed: that one is returned. Two at once wait for one another."""
    tally, _ = UploadTally.objects.select_for_update().get_or_create(user=user, day=today)
    for quota in QUOTAS:
        since = today - timedelta(days=quota.days - 1)
        sent = UploadTally.objects.filter(user=user, day__gte=since).aggregate(files=Sum("files"), size=Sum("size"))
        if (sent["files"] or 0) + files > quota.files or (sent["size"] or 0) + size > quota.size:
            return quota
    tally.files, tally.size = tally.files + files, tally.size + size
    tally.save(update_fields=["files", "size"])
    return None


def _refused(reason: str, words: str) -> str:
    with transaction.atomic():
        record(Event.ACCESS_FILE_REFUSED, detail={"reason": reason})
    return words


def prune(today: date) -> int:
    """Drop counts that no quota looks at any more, for the scheduler. Returns how many."""
    oldest = today - timedelta(days=max(quota.days for quota in QUOTAS))
    return UploadTally.objects.filter(day__lt=oldest).delete()[0]
