"""Celery's processes of the demo: a worker that calculates, one that waits for other machines, upkeep, the watch, the owner's, and beat."""

from __future__ import annotations

from django.conf import settings

from ops.demo.processes import Processes

APPLICATION = "config.celery:app"
WORKER = ["-m", "celery", "-A", APPLICATION, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
CONNECTIONS_OF_A_THREAD = "2"
WATCH_SLOTS = "2"
"""One looks every half minute while the other learns and compares at night."""


def start_workers(processes: Processes) -> None:
    processes.start("worker", [*WORKER, "-Q", "work", "-c", str(settings.JOB_SLOTS), "-n", "work@localhost"])
    start_exchange(processes, "exchange")
    processes.start(
        "owner", [*WORKER, "-Q", "owner", "-c", "1", "-n", "owner@localhost"], SHOREI_DATABASE_LOGIN="owner"
    )
    processes.start("upkeep", [*WORKER, "-Q", "upkeep", "-c", "1", "-n", "upkeep@localhost", "-P", "solo"])
    processes.start("watch", [*WORKER, "-Q", "watch", "-c", WATCH_SLOTS, "-n", "watch@localhost"])
    schedule = str(processes.folder / "beat-schedule")
    processes.start(
        "beat", ["-m", "celery", "-A", APPLICATION, "beat", "--loglevel", "INFO", "-s", schedule, "--pidfile="]
    )


def start_exchange(processes: Processes, name: str, **environment: str) -> int:
    """A worker of threads: one that waits for a machine that does not answer keeps nobody else from working."""
    slots = ["-Q", "exchange", "-P", "threads", "-c", str(settings.JOB_EXCHANGE_SLOTS), "-n", f"{name}@localhost"]
    kept = {"SHOREI_LOGIN_CONNECTIONS_KEPT": CONNECTIONS_OF_A_THREAD} | environment
    return processes.start(name, [*WORKER, *slots], **kept)
