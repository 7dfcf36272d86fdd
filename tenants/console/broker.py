"""Signs of life of the broker and of the processes that take jobs from it."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from celery import Celery, current_app
from kombu import Connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 2
SIGN_EVERY_SECONDS = 10
SIGN_LASTS_SECONDS = 30
_SIGN = "sign-of-life|"
QUEUES = {
    "work": "団体の処理",
    "exchange": "統合宛名との送受信",
    "upkeep": "見回り・記録の転送",
    "owner": "導入・接続試験",
}


@dataclass(frozen=True, slots=True)
class BrokerLook:
    """Messages that wait, and processes that serve, by queue. `reachable` False: nothing else is known."""

    reachable: bool
    waiting: dict[str, int] = field(default_factory=dict)
    served_by: dict[str, int] = field(default_factory=dict)


def look() -> BrokerLook:
    """Reads what the workers left in the broker within the last half minute. Never raises for a dead broker."""
    try:
        with current_app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=CONNECT_SECONDS)
            return BrokerLook(True, {name: _waiting(broker, name) for name in QUEUES}, _served(broker))
    except (OperationalError, OSError, RedisError):
        return BrokerLook(False)


def _waiting(broker: Connection, queue: str) -> int:
    """The broker forgets a queue as soon as it is empty."""
    channel: Any = broker.default_channel
    try:
        return int(channel.queue_declare(queue=queue, passive=True).message_count)
    except broker.channel_errors:
        return 0


def _served(broker: Connection) -> dict[str, int]:
    channel: Any = broker.default_channel
    served = Counter(key.decode().split("|")[1] for key in channel.client.scan_iter(match=f"{_SIGN}*"))
    return {name: served[name] for name in QUEUES}


_signed_at: dict[str, float] = {}


def leave_sign(app: Celery, node: str, queues: Iterable[str]) -> None:
    """For a worker, as often as its heart beats: every few seconds it writes which queues it serves."""
    now = time.monotonic()
    if now - _signed_at.get(node, -SIGN_EVERY_SECONDS) < SIGN_EVERY_SECONDS:
        return
    _signed_at[node] = now
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=CONNECT_SECONDS)
            channel: Any = broker.default_channel
            for queue in queues:
                channel.client.set(f"{_SIGN}{queue}|{node}", 1, ex=SIGN_LASTS_SECONDS)
    except (OperationalError, OSError, RedisError) as error:
        logger.warning("no sign of life left, the broker does not answer (%s)", type(error).__name__)
