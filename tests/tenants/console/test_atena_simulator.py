"""`manage.py atena_simulator`: for development alone, a process of its own with a page."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tenants.console.management.commands.atena_simulator import command_line
from tests.support.ending import ended

PLAIN: dict[str, Any] = {
    "preset": "nara", "port": 0, "page": 0, "conduct": None, "folder": None, "population": None, "key_file": None, "tenant": None,
}  # fmt: skip


def test_it_runs_with_sample_people_and_keeps_its_key(tmp_path: Path) -> None:
    for _ in range(2):
        process = subprocess.Popen(command_line(tmp_path, PLAIN), cwd=settings.ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            facts = json.loads(process.stdout.readline())
            assert facts["ready"]
            assert {"port", "control_port"} <= facts.keys()
        finally:
            ended(process)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"000098" not in everything


def test_a_deployment_does_not_run_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.errors import DevelopmentOnly

    def refuse() -> None:
        raise DevelopmentOnly

    monkeypatch.setattr("tenants.console.management.commands.atena_simulator.require_development", refuse)
    with pytest.raises(CommandError):
        call_command("atena_simulator")


def test_people_and_their_key_come_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.console.management.commands.atena_simulator.require_development", lambda: None)
    with pytest.raises(CommandError, match="鍵"):
        call_command("atena_simulator", "--population", "people.sealed")
