"""The demo's own processes (workers, beat, simulators, web): started with a pid file, stopped by it.

`python -m ops.demo.processes stop` ends them all and then the embedded servers.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from ops.embedded.servers import servers_of

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 20.0
# Whoever starts them, they are the demo's processes.
OURS = {
    "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
    "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
}


class AlreadyRunning(Exception):
    """`demo.already-running`: a process of this name lives."""

    identifier = "demo.already-running"

    def __init__(self, name: str, pid: int) -> None:
        super().__init__(f"「{name}」は既に動いています（プロセス {pid}）。止めるには make stop を実行してください。")


class Processes:
    """Named child processes whose pid files live in `var/run/`."""

    def __init__(self, var: Path) -> None:
        self.folder = var / "run"
        self.logs = var / "log"
        for folder in (self.folder, self.logs):
            folder.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, arguments: list[str], **environment: str) -> int:
        """Start `python arguments…` unless a process of that name lives. Its output goes to `var/log/<name>.log`."""
        alive = self.pid(name)
        if alive:
            return alive
        with (self.logs / f"{name}.log").open("ab") as log:
            process = self._begin(name, arguments, environment, log)
        process.returncode = 0  # from here on the pid file speaks for it, also after we are gone
        return process.pid

    def run(self, name: str, arguments: list[str], **environment: str) -> int:
        """Start `python arguments…` with our own output, and wait for its end. Returns its exit code.

        It has a pid file too: when we are killed, or the shell that began us is gone, `stop` still finds it. Raises
        AlreadyRunning.
        """
        alive = self.pid(name)
        if alive:
            raise AlreadyRunning(name, alive)
        return self._begin(name, arguments, environment, None).wait()

    def _begin(
        self, name: str, arguments: list[str], environment: dict[str, str], output: IO[bytes] | None
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **OURS, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        (self.folder / f"{name}.pid").write_text(str(process.pid))
        return process

    def pid(self, name: str) -> int | None:
        """The pid of a living process of ours, else None. A recycled pid of somebody else does not count."""
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.folder / f"{name}.pid").read_text())
            if str(ROOT) in _environment_of(pid):
                return pid
        return None

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("*.pid"))

    def stop(self, *names: str) -> None:
        """Ask each process group to end, and end it by force when it does not."""
        living = {name: pid for name in (names or self.names()) if (pid := self.pid(name))}
        for pid in living.values():
            _signal_group(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(self.pid(name) for name in living) and time.monotonic() < deadline:
            _reap()
            time.sleep(0.1)
        for name in living:
            if pid := self.pid(name):
                _signal_group(pid, signal.SIGKILL)
        _reap()
        for name in names or self.names():
            (self.folder / f"{name}.pid").unlink(missing_ok=True)


def _environment_of(pid: int) -> str:
    """Command line and environment of a living (not merely unreaped) process."""
    status = Path(f"/proc/{pid}/stat").read_text()
    if status.rpartition(")")[2].split()[0] == "Z":
        return ""
    return Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main(arguments: list[str]) -> int:
    var = Path(os.environ.get("SHOREI_VAR") or ROOT / "var")
    if arguments != ["stop"]:
        print(__doc__)
        return 2
    if (var / "run").exists():
        Processes(var).stop()
    if (var / "servers").exists():
        servers_of(var).stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
