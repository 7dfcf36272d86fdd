"""Celery's processes of the demo: the worker, the one for upkeep, the one with the owner login, and beat."""

from __future__ import annotations

from ops.demo.processes import Processes

APPLICATION = "config.celery:app"


def start_workers(processes: Processes) -> None:
    worker = ["-m", "celery", "-A", APPLICATION, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    processes.start("worker", [*worker, "-Q", "work", "-c", "2", "-n", "work@localhost"])
    processes.start(
        "owner", [*worker, "-Q", "owner", "-c", "1", "-n", "owner@localhost"], SHOREI_DATABASE_LOGIN="owner"
    )
    processes.start("upkeep", [*worker, "-Q", "upkeep", "-c", "1", "-n", "upkeep@localhost", "-P", "solo"])
    schedule = str(processes.folder / "beat-schedule")
    processes.start(
        "beat", ["-m", "celery", "-A", APPLICATION, "beat", "--loglevel", "INFO", "-s", schedule, "--pidfile="]
    )
