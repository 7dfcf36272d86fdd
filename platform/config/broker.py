"""One mend of how kombu speaks to the broker, put in force by `config.celery`."""

from __future__ import annotations

from kombu.transport import redis, virtual


class QoS(redis.QoS):
    """A message counts as dealt with here even where the broker, gone at that moment, could not be told so.

    kombu raises before it has counted, Celery logs "Couldn't ack" and goes on: a worker that takes one message at a time would
    never ask for another, for ever and without a word. The broker hands such a message out again when it is back; the row of
    its job decides whether there is anything left to do.
    """

    def ack(self, delivery_tag: str) -> None:
        """Raises what the connection raises, afterwards."""
        try:
            super().ack(delivery_tag)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise


def keep_taking_messages() -> None:
    """Every channel of this process counts so."""
    redis.Channel.QoS = QoS
