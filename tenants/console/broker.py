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

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 2
SIGN_EVERY_SECONDS = 10
SIGN_LASTS_SECONDS = 30
_SIGN = "sign-of-life|"
QUEUES = {
    "work": "団体の処理",
    "exchange": "統合宛名との送受信",
    "upkeep": "見回り・記録の転送",
    "watch": "見守り",
    "owner": "導入・接続試験",
}


@dataclass(frozen=True, slots=True)
class BrokerLook:
    """Messages that wait, and processes that serve, by queue. `reachable` False: nothing else is known."""

    reachable: bool
    waiting: dict[str, int] = field(default_factory=dict)
    served_by: dict[str, int] = field(default_factory=dict)


def look() -> BrokerLook:
    """What the broker knows of its queues now. Never raises for a dead broker."""
    with current_app.connection_for_read() as broker:
        try:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=CONNECT_SECONDS)
            return _looked(broker)
        except _troubles(broker):
            return BrokerLook(False)


def _looked(broker: Connection) -> BrokerLook:
    queues = {name: _queue(broker, name) for name in QUEUES}
    signs = _signs(broker)
    if signs is None:
        return BrokerLook(True, _figures(queues, "message_count"), _figures(queues, "consumer_count"))
    served = Counter(key.decode().split("|")[1] for key in signs.scan_iter(match=f"{_SIGN}*"))
    return BrokerLook(True, _figures(queues, "message_count"), {name: served[name] for name in QUEUES})


def _queue(broker: Connection, name: str) -> Any | None:
    """Valkey forgets a queue as soon as it is empty; a broker that knows none closes the channel that asked."""
    asking: Any = broker.channel()
    try:
        with asking as channel:
            return channel.queue_declare(queue=name, passive=True)
    except broker.channel_errors:
        return None


def _figures(queues: dict[str, Any], of: str) -> dict[str, int]:
    return {name: int(getattr(queue, of)) if queue else 0 for name, queue in queues.items()}


def _signs(broker: Connection) -> Any | None:
    """Where workers leave their signs: Valkey itself. RabbitMQ has no such place, and counts who serves a queue by itself."""
    channel: Any = broker.default_channel
    return channel.client if broker.transport.driver_type == "redis" else None


def _troubles(broker: Connection) -> tuple[type[BaseException], ...]:
    """What each kind of broker raises when it is away or refuses."""
    return (OperationalError, OSError, *broker.connection_errors, *broker.channel_errors)


_signed_at: dict[str, float] = {}


def leave_sign(app: Celery, node: str, queues: Iterable[str]) -> None:
    """For a worker, as often as its heart beats: every few seconds it writes which queues it serves."""
    now = time.monotonic()
    if now - _signed_at.get(node, -SIGN_EVERY_SECONDS) < SIGN_EVERY_SECONDS:
        return
    _signed_at[node] = now
    with app.connection_for_write() as broker:
        try:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=CONNECT_SECONDS)
            if (signs := _signs(broker)) is not None:
                for queue in queues:
                    signs.set(f"{_SIGN}{queue}|{node}", 1, ex=SIGN_LASTS_SECONDS)
        except _troubles(broker) as error:
            logger.warning("no sign of life left, the broker does not answer (%s)", type(error).__name__)
