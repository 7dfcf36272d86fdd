"""Signs of life of the broker and of the processes that take jobs from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from celery import current_app
from kombu import Connection
from kombu.exceptions import OperationalError

CONNECT_SECONDS = 2
ANSWER_SECONDS = 0.7
QUEUES = {"work": "団体の処理", "upkeep": "見回り・記録の転送", "owner": "導入・接続試験"}


@dataclass(frozen=True, slots=True)
class BrokerLook:
    """Messages that wait, and processes that serve, by queue. `reachable` False: nothing else is known."""

    reachable: bool
    waiting: dict[str, int] = field(default_factory=dict)
    served_by: dict[str, int] = field(default_factory=dict)


def look() -> BrokerLook:
    """Takes as long as workers are given to answer (under a second). Never raises for a dead broker."""
    try:
        with current_app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=CONNECT_SECONDS)
            return BrokerLook(True, {name: _waiting(broker, name) for name in QUEUES}, _served(broker))
    except (OperationalError, OSError):
        return BrokerLook(False)


def _waiting(broker: Connection, queue: str) -> int:
    """The broker forgets a queue as soon as it is empty."""
    channel: Any = broker.default_channel
    try:
        return int(channel.queue_declare(queue=queue, passive=True).message_count)
    except broker.channel_errors:
        return 0


def _served(broker: Connection) -> dict[str, int]:
    answers = current_app.control.inspect(timeout=ANSWER_SECONDS, connection=broker).active_queues() or {}
    served = Counter(queue["name"] for queues in answers.values() for queue in queues)
    return {name: served[name] for name in QUEUES}
