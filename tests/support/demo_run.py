"""A whole small demo as a real run: its own servers, workers, simulators; then its pages behind a real web server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from ops.embedded.place import forget
from ops.embedded.ports import free_port
from ops.embedded.servers import servers_of
from tests.support import cluster
from tests.support.ending import made_to_end

ROOT = cluster.ROOT
NEVER_COUNTED = ("記録",)  # interruptions leave events of their own


@dataclass
class DemoRun:
    """One checkout's demo under a scratch folder of its own."""

    var: Path
    port: int = 0
    web: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHOREI_", "TESTS_"))}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        return kept | {
            "SHOREI_VAR": str(self.var),
            "SHOREI_JOB_LEASE_SECONDS": "4",
            "SHOREI_JOB_SWEEP_SECONDS": "2",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
        }

    def start(self, *extra: str) -> subprocess.Popen[bytes]:
        """`make demo SIZE=small SERVE=0`, not waited for. What it prints goes to a file.

        It finds its PostgreSQL running, one that does not wait for the disk: nobody here takes the power away.
        """
        self.var.mkdir(parents=True, exist_ok=True)
        servers_of(self.var, safe=False).postgres.start()
        with (self.var / "demo.out").open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "-m", "ops.demo", "--size", "small", "--seed", "7", "--serve", "0", *extra],
                cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip

    def finish(self, process: subprocess.Popen[bytes], seconds: float = 420) -> dict[str, Any]:
        """Wait for the end and return the business numbers of the summary."""
        try:
            code = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            made_to_end(process)
            raise
        assert code == 0, self.printed()[-4000:]
        return self.summary()

    def printed(self) -> str:
        return (self.var / "demo.out").read_text(errors="replace")

    def summary(self) -> dict[str, Any]:
        figures: dict[str, dict[str, Any]] = json.loads((self.var / "demo" / "summary-small-7.json").read_text())
        return {
            name: {item: value for item, value in values.items() if item not in NEVER_COUNTED}
            for name, values in figures.items()
        }

    def python(self, *arguments: str) -> str:
        """Run a Python command in this demo's environment and return what it prints."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def serve(self) -> None:
        """Real pages on a free loopback port; hosts are told by the Host header."""
        self.port = free_port(Path("/nonexistent"))
        with (self.var / "web.out").open("ab") as log:
            self.web = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{self.port}",
                 "--workers", "1", "--threads", "4", "--log-level", "warning"],
                cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/health", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
        raise TimeoutError((self.var / "web.out").read_text(errors="replace")[-2000:])

    def codes(self) -> dict[str, dict[str, str]]:
        """Current one-time codes: host → username → code (what `make otp` prints)."""
        found: dict[str, dict[str, str]] = {}
        host = ""
        for line in self.python("manage.py", "otp").splitlines():
            if match := re.fullmatch(r"\s+(\d{6})\s+(\S+)\s.*", line):
                found[host][match[2]] = match[1]
            elif line.strip():
                host = line.split()[-1]
                found[host] = {}
        return found

    def password(self) -> str:
        return (self.var / "secrets" / "sample-password").read_text().strip()[:20]

    def stop(self) -> None:
        if self.web is not None:
            self.web.terminate()
            self.web.wait(timeout=20)
        subprocess.run(
            [sys.executable, "-m", "ops.demo.processes", "stop"], cwd=ROOT, env=self.environment, check=False,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip


@contextmanager
def only_one_a_run(name: str) -> Iterator[None]:
    """Raises FileExistsError when another worker of this run holds this name: then tests/support/units.py shared out wrongly."""
    mark = cluster.FOLDER / f"{os.environ['TESTS_RUN']}.{name}"
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch(exist_ok=False)
    try:
        yield
    finally:
        mark.unlink()


@contextmanager
def demo_run(name: str) -> Iterator[DemoRun]:
    """A demo that is removed at the end, whatever happened."""
    run = DemoRun(cluster.FOLDER / f"demo-{name}-{os.getpid()}")
    try:
        yield run
    except BaseException:
        # Its logs outlive it: without them nobody finds out why a killed year did not end.
        shutil.copytree(run.var / "log", cluster.FOLDER / "failed" / name, dirs_exist_ok=True)
        raise
    finally:
        run.stop()
        forget(run.var)
        shutil.rmtree(run.var, ignore_errors=True)
