"""A worker goes on taking messages after the broker went away and came back, whatever it was doing then."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from kombu import Connection, Queue

from config.broker import QoS
from ops.embedded.valkey import ValkeyServer
from tests.support.broker import own_broker

log = logging.getLogger(__name__)


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with own_broker("acknowledging") as server:
        yield server


def test_a_message_that_could_not_be_acknowledged_keeps_no_place(valkey: ValkeyServer) -> None:
    """With room for one message, as the workers have it."""
    with Connection(valkey.url) as connection:
        channel: Any = connection.channel()  # the stubs know no transport
        assert isinstance(channel.qos, QoS)
        channel.basic_qos(0, 1, False)
        queue = Queue("acknowledging")
        for body in ("first", "second"):
            connection.Producer(channel).publish(body, routing_key=queue.name, exchange="", declare=[queue])
        first: Any = queue(channel).get()
        assert not channel.qos.can_consume()
        os.kill(int((valkey.place.home / "valkey" / "valkey.pid").read_text()), signal.SIGKILL)
        first.ack_log_error(log, connection.connection_errors)
        assert not first.acknowledged
        assert channel.qos.can_consume()
