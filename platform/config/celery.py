"""The Celery application: queues, beat, and nothing that carries a personal record.

A message holds the scope, the id of a job row and a signature, no more. Five queues: `work` (prefectures' jobs), `exchange` (what
waits for other machines), `upkeep` (sweeper, relay, sealing, sessions), `watch` (detection and the comparisons of the night) and
`owner` (provisioning, served by a separate process with the owner login).
"""

from __future__ import annotations

import os
from typing import Any

from celery.signals import heartbeat_sent, worker_init
from kombu import Queue
from tenant_schemas_celery.app import CeleryApp

from config.broker import keep_taking_messages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")

keep_taking_messages()
app = CeleryApp("shugaku")
app.config_from_object("config.celery_settings")
# RabbitMQ keeps what lies in a quorum queue on several machines; Valkey knows no kinds of queues.
app.conf.task_queues = [
    Queue(name, queue_arguments={"x-queue-type": "quorum"}) for name in ("work", "exchange", "upkeep", "watch", "owner")
]
app.autodiscover_tasks()
app.autodiscover_tasks(["config"])


@worker_init.connect
def refuse_lagging_schemas(**_: object) -> None:
    """A worker on tables it does not know would fail half-way through its jobs."""
    from tenants.core.versions import refuse_lagging

    refuse_lagging()


@worker_init.connect
def dispose_again_of_what_came_back(**_: object) -> None:
    """Numbers that were disposed of and that a restored database brought back go before the first job begins."""
    from domain.vault.tasks import replay

    replay()


@worker_init.connect
def set_aside_what_stays(**_: object) -> None:
    """Before the slots fork from here: they share what was loaded, and never search it for garbage."""
    from jobs.memory import set_aside

    set_aside()


@heartbeat_sent.connect
def leave_sign_of_life(sender: Any, **_: object) -> None:
    """Workers take no questions (no remote control): each says by itself which queues it serves, for the console."""
    from tenants.console.broker import leave_sign

    leave_sign(app, str(sender.eventer.hostname), list(app.amqp.queues.consume_from))
