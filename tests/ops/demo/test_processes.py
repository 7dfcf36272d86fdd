"""`make stop` ends everything the demo began, whoever is left to tell it to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ops.demo.processes import ROOT, AlreadyRunning, Processes, main

SERVES = (
    "import sys; sys.path[:0] = ['.']; from ops.demo.processes import Processes; from pathlib import Path; "
    "sys.exit(Processes(Path(sys.argv[1])).run('web', ['-c', 'import time; time.sleep(600)']))"
)


def until(holds: Callable[[], object], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(holds())


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Processes, subprocess.Popen[bytes]]]:
    """A demo that serves, in a session of its own as `nohup make demo &` has it."""
    processes = Processes(tmp_path)
    demo = subprocess.Popen([sys.executable, "-c", SERVES, str(tmp_path)], cwd=ROOT, start_new_session=True)
    assert until(lambda: processes.pid("web"))
    yield processes, demo
    demo.kill()
    demo.wait()
    processes.stop()


def test_stop_ends_the_web_server_and_with_it_the_demo_that_waits_for_it(
    served: tuple[Processes, subprocess.Popen[bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes, demo = served
    monkeypatch.setenv("SHOREI_VAR", str(tmp_path))
    assert main(["stop"]) == 0
    assert processes.pid("web") is None
    assert until(lambda: demo.poll() is not None)


def test_stop_ends_the_web_server_when_the_demo_itself_is_gone(
    served: tuple[Processes, subprocess.Popen[bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes, demo = served
    web = processes.pid("web")
    assert web is not None
    os.kill(demo.pid, signal.SIGKILL)
    demo.wait()
    assert processes.pid("web") == web
    monkeypatch.setenv("SHOREI_VAR", str(tmp_path))
    assert main(["stop"]) == 0
    assert until(lambda: not _lives(web))


def test_a_second_web_server_is_refused_and_says_how_to_end_the_first(
    served: tuple[Processes, subprocess.Popen[bytes]],
) -> None:
    with pytest.raises(AlreadyRunning, match="make stop"):
        served[0].run("web", ["-c", "pass"])


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
