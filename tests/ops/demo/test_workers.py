"""Each queue has a worker, and the console watches each."""

from __future__ import annotations

from pathlib import Path

from config.celery import app
from config.celery_settings import task_routes
from jobs.registry import all_kinds
from ops.demo.processes import Processes
from ops.demo.workers import start_workers
from tenants.console.broker import QUEUES


class Noted(Processes):
    """Starts nothing."""

    def __init__(self, var: Path) -> None:
        super().__init__(var)
        self.started: dict[str, list[str]] = {}

    def start(self, name: str, arguments: list[str], **environment: str) -> int:
        self.started[name] = arguments
        return 1


def test_every_queue_has_a_worker_and_a_line_in_the_console(tmp_path: Path) -> None:
    noted = Noted(tmp_path)
    start_workers(noted)
    served = [words[words.index("-Q") + 1] for words in noted.started.values() if "-Q" in words]
    used = {kind.queue for kind in all_kinds()} | {route["queue"] for route in task_routes.values()}
    assert sorted(served) == sorted(queue.name for queue in app.conf.task_queues) == sorted(QUEUES)
    assert used <= set(served)


def test_who_waits_for_other_machines_waits_in_threads(tmp_path: Path) -> None:
    noted = Noted(tmp_path)
    start_workers(noted)
    words = noted.started["exchange"]
    assert words[words.index("-P") + 1] == "threads"
    assert int(words[words.index("-c") + 1]) >= 8
