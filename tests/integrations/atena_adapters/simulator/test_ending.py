"""The process ends when it is told to, whatever it is doing at that moment."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.integrations.atena_adapters.support import ROOT

_TOLD_IN_A_LOOK_AT_STOP = """
import os, signal, threading
from integrations.atena_adapters.simulator.__main__ import stop_when_told

stop = threading.Event()
stop_when_told(stop)
with stop._cond:  # as inside stop.wait(): the main thread holds the lock when the signal comes
    os.kill(os.getpid(), signal.{name})
    for _ in range(1000):
        pass
assert stop.wait(5)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_while_the_main_thread_looks_at_stop_does_not_hang(name: str) -> None:
    script = _TOLD_IN_A_LOOK_AT_STOP.format(name=name)
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=10, check=False)
    assert ended.returncode == 0
