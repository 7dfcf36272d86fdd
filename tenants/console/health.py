"""The state of the platform: what answers, what waits, what runs out. No word about any person."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from redis.exceptions import RedisError

from audit.trail.models import OutboxEvent, RefusedEvent
from audit.trail.recorder import TrailUnavailable
from jobs.models import Job
from jobs.states import State
from tenants.console import broker, trail_counts
from tenants.console.backups import ago
from web.states import Tone

RELAY_LATE = timedelta(seconds=60)
JOB_LATE = timedelta(seconds=120)
REFUSED_SHOWN, REFUSED_NAMED = timedelta(days=90), 3
MONTHS_WANTED = 3
FREE_SHARE_WANTED = 10
_GIGABYTE = 1024**3
_EXTEND = "区画を毎日延ばす処理（trail.extend）を受け持つ owner のワーカーと定期実行を確かめてください。"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the page: what, its state as a word with a tone, what was seen, and what to do when it is not well."""

    name: str
    word: str
    tone: Tone
    seen: str
    remedy: str = ""


def findings() -> list[Finding]:
    return [*_servers(), *_queues(broker.look()), _relay(), _refused(), _oldest_job(), _partitions(), _disk()]


def _well(name: str, seen: str) -> Finding:
    return Finding(name, "正常", Tone.DONE, seen)


def _ill(name: str, seen: str, remedy: str) -> Finding:
    return Finding(name, "異常", Tone.ATTENTION, seen, remedy)


def _servers() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        yield _well("データベース", f"PostgreSQL {str(cursor.fetchone()[0]).split()[0]} が応答しています")
    mark = token_hex(4)
    try:
        cache.set("console-health", mark, 10)
        answered = cache.get("console-health") == mark
    except (RedisError, OSError) as error:
        yield _ill(
            "キャッシュ", f"応答がありません（{type(error).__name__}）", "Valkey の稼働と接続先を確かめてください。"
        )
    else:
        well = _well("キャッシュ", "書き込みと読み出しができます")
        yield (
            well
            if answered
            else _ill("キャッシュ", "書いた値を読み出せません", "Valkey の空き容量を確かめてください。")
        )


def _queues(look: broker.BrokerLook) -> Iterator[Finding]:
    if not look.reachable:
        remedy = "Valkey の稼働を確かめてください。処理は台帳に残り、つながり次第、自動で再開します。"
        yield _ill("待ち行列", "ブローカーが応答しません", remedy)
        return
    for queue, title in broker.QUEUES.items():
        waiting, workers = look.waiting[queue], look.served_by[queue]
        seen = f"ワーカー {workers}、待ち {waiting}件"
        name = f"待ち行列 {queue}（{title}）"
        yield _well(name, seen) if workers else _ill(name, seen, f"{queue} を受け持つワーカーを起動してください。")


def _relay() -> Finding:
    """Beat, the upkeep worker and the relay together empty the console's own outbox every few seconds."""
    oldest = OutboxEvent.objects.order_by("occurred_at").values_list("occurred_at", flat=True).first()
    name = "定期実行と記録の転送"
    if oldest is None:
        return _well(name, "コンソールの未転送の記録はありません")
    seen = f"いちばん古い未転送の記録は{ago(oldest)}"
    if timezone.now() - oldest < RELAY_LATE:
        return _well(name, seen)
    return _ill(name, seen, "定期実行（beat）と upkeep のワーカー、監査データベースの稼働を確かめてください。")


def _refused() -> Finding:
    """The console has no watch of its own: what the relay set aside of its outbox is told here, for as long as anybody may look."""
    name = "署名の合わない記録（コンソール）"
    found = RefusedEvent.objects.filter(refused_at__gt=timezone.now() - REFUSED_SHOWN)
    count = found.count()
    if not count:
        return _well(name, f"この{REFUSED_SHOWN.days}日に隔離した記録はありません")
    numbers = "、".join(str(one.event_id) for one in found[:REFUSED_NAMED])
    return _ill(
        name,
        f"{count}件を受け取らずに隔離しました（新しいもの: {numbers}）",
        "データベースに直接書き込んだ者がいるおそれがあります。番号を控えて、コンソールのデータベースのログインの使われ方を確かめてください。",
    )


def _oldest_job() -> Finding:
    waiting = Job.objects.filter(state=State.QUEUED, ready_at__lte=timezone.now())
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
    name = "コンソールの処理"
    if oldest is None:
        return _well(name, "順番を待っている処理はありません")
    seen = f"いちばん古い順番待ちは{ago(oldest)}"
    if timezone.now() - oldest < JOB_LATE:
        return _well(name, seen)
    return _ill(name, seen, "owner のワーカーの稼働を確かめてください。")


def _partitions() -> Finding:
    name = "監査データベース"
    try:
        ahead = trail_counts.months_ahead()
    except TrailUnavailable:
        return _ill(
            name, "応答がありません", "監査データベースの稼働を確かめてください。復旧まで個人の情報は表示されません。"
        )
    if ahead < 0:
        return _ill(name, "今月の区画がなく、記録を書けません", _EXTEND)
    seen = f"応答しています。記録の区画は {ahead}か月先まであります"
    if ahead >= MONTHS_WANTED:
        return _well(name, seen)
    return _ill(name, seen, _EXTEND)


def _disk() -> Finding:
    place = Path(settings.FILES_ROOT)
    while not place.exists():
        place = place.parent
    usage = shutil.disk_usage(place)
    share = usage.free * 100 // usage.total
    seen = f"空き {usage.free // _GIGABYTE:,} GB（{share}％）"
    if share >= FREE_SHARE_WANTED:
        return _well("ファイルの保存先", seen)
    return _ill("ファイルの保存先", seen, "空き容量を増やしてください。足りなくなると帳票と連携ファイルを書けません。")
