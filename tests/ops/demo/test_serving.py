"""`make demo` goes on to serve: its last step runs in a fresh process, as it does for whoever types the command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.demo.__main__ import NO_YEAR, _has_prefectures
from ops.demo.processes import ROOT
from ops.embedded import place
from ops.embedded.ports import write_port
from ops.embedded.postgres import PostgresServer
from ops.embedded.servers import Servers
from ops.embedded.valkey import ValkeyServer

SERVING = """
from pathlib import Path
from ops.demo import __main__ as demo
from ops.demo.processes import Processes

class Noted(Processes):
    def start(self, name, arguments, **environment):
        print(name)
        return 1

    def run(self, name, arguments, **environment):
        print(name, *arguments)
        return 0

demo._child = lambda *arguments: None
raise SystemExit(demo._serve(Noted(demo.VAR), 8765))
"""


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    """A scratch folder whose servers have told their ports; nothing is asked of them."""
    home = place.find(tmp_path).home
    for number, server in enumerate(("postgres", "valkey")):
        write_port(home / f"{server}.port", 1 + number)
    yield tmp_path
    place.forget(tmp_path)


def test_serving_starts_every_worker_and_then_the_pages(var: Path) -> None:
    """A fresh process: settings that the test run has read long ago must be found there too."""
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-c", SERVING], cwd=ROOT, capture_output=True, text=True, check=False,
        env=kept | {"SHOREI_VAR": str(var), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    *workers, web = done.stdout.splitlines()
    assert sorted(workers) == ["beat", "exchange", "owner", "upkeep", "watch", "worker"]
    assert "config.wsgi:application" in web
    assert "127.0.0.1:8765" in web


def test_without_a_year_to_show_one_line_says_what_to_do_and_no_server_is_started(tmp_path: Path) -> None:
    served = subprocess.run(
        [sys.executable, "-m", "ops.demo", "--pages-only"],
        cwd=ROOT, env={**os.environ, "SHOREI_VAR": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert served.returncode == 2
    assert (served.stdout.strip(), served.stderr) == (NO_YEAR, "")
    assert not [*tmp_path.rglob("postgres.port")]


def test_a_run_that_was_cut_off_before_its_prefectures_has_nothing_to_serve(postgres: PostgresServer) -> None:
    valkey = ValkeyServer(postgres.place, password="")
    assert not _has_prefectures(Servers(postgres.place.home, postgres, valkey)), "no database of the demo"


def test_the_pages_are_served_with_what_answers_them(tmp_path: Path) -> None:
    """統合宛名 of every sample prefecture, over the people whose year is held; none before the first demo."""
    from ops.demo.prefectures import SAMPLE_PREFECTURES
    from ops.demo.processes import Processes
    from ops.demo.serving import sample_inputs
    from ops.demo.simulators import start_simulators

    class Ready(Processes):
        started: dict[str, list[str]] = {}

        def start(self, name: str, arguments: list[str], **environment: str) -> int:
            self.started[name] = arguments
            (self.logs / f"{name}.log").write_text('{"ready": true}')
            return 1

        def pid(self, name: str) -> int | None:
            return 1 if name in self.started else None

    inputs = tmp_path / "demo" / "small-7"
    assert sample_inputs(tmp_path) is None
    inputs.mkdir(parents=True)
    (tmp_path / "demo" / "held").write_text("small-7")
    assert sample_inputs(tmp_path) is None, "its files were not made whole"
    (inputs / "complete").touch()
    assert sample_inputs(tmp_path) == inputs
    processes = Ready(tmp_path)
    found = start_simulators(inputs, tmp_path, processes)
    assert set(found) == {sample.slug for sample in SAMPLE_PREFECTURES}
    assert set(processes.started) == {f"atena-{slug}" for slug in found}
    for slug in found:
        assert str(inputs / slug / "population.sealed") in processes.started[f"atena-{slug}"]
