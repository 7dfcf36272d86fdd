"""Backups as far as the product is told: the site's own script makes them and says so with `manage.py backup_done`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from tenants.console.models import BackupNote
from tenants.core.models import Prefecture
from web.states import Tone

OLD_AFTER = timedelta(days=1, hours=1)
"""A nightly backup ends now at two, now at three o'clock: an hour more than a day is not late yet."""

KEPT = timedelta(days=90)


class BackupRefused(ValueError):
    """`console.backup-refused`: such a backup cannot have been made."""

    identifier = "console.backup-refused"


def note(taken_at: datetime, codes: Iterable[str] = ()) -> int:
    """A complete backup (both databases, files, keys) as of `taken_at` is finished and was looked at; of these prefectures, without
    any of all. How many. Raises BackupRefused. Inside the console."""
    wanted = list(dict.fromkeys(codes))
    if taken_at > timezone.now():
        raise BackupRefused("バックアップの時点が未来です。時計か --taken-at を確かめてください。")
    prefectures = list(Prefecture.objects.filter(code__in=wanted) if wanted else Prefecture.objects.all())
    if missing := sorted(set(wanted) - {one.code for one in prefectures}):
        raise BackupRefused(f"団体コード {'、'.join(missing)} の団体はありません。何も記録していません。")
    with transaction.atomic():
        BackupNote.objects.bulk_create(BackupNote(prefecture=one, taken_at=taken_at) for one in prefectures)
        BackupNote.objects.filter(told_at__lt=timezone.now() - KEPT).delete()
        subjects = [Subject("prefecture", one.code) for one in prefectures]
        record(Event.CONSOLE_BACKUP_DONE, subjects=subjects, detail={"taken_at": taken_at.isoformat()})
    return len(prefectures)


def newest() -> Mapping[int, datetime]:
    """By prefecture, as of when its newest backup is. One query."""
    return dict(BackupNote.objects.order_by().values_list("prefecture").annotate(newest=Max("taken_at")))


def state_of(taken_at: datetime | None) -> tuple[str, Tone]:
    """Word and tone: none, or how old it is."""
    if taken_at is None:
        return "記録なし", Tone.ATTENTION
    old = timezone.now() - taken_at > OLD_AFTER
    return ago(taken_at), Tone.ATTENTION if old else Tone.DONE


def ago(moment: datetime) -> str:
    seconds = max(0, int((timezone.now() - moment).total_seconds()))
    if seconds < 120:
        return f"{seconds}秒前"
    if seconds < 7_200:
        return f"{seconds // 60}分前"
    return f"{seconds // 3_600}時間前" if seconds < 172_800 else f"{seconds // 86_400}日前"
