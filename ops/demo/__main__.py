"""`make demo`: from nothing to a paid round for three sample prefectures, and then the pages to look at it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from rich.console import Console

from ops.demo.environment import set_up
from ops.demo.processes import ROOT, AlreadyRunning, Processes
from ops.demo.workers import start_workers
from ops.embedded.servers import Servers, servers_of

NO_YEAR = "画面に出すサンプルの一年がまだありません。先に make demo を実行してください。"
VAR = Path(os.environ.get("SHOREI_VAR") or ROOT / "var")


def main() -> int:
    options = _arguments()
    console = Console()
    began = time.monotonic()
    servers = servers_of(VAR)
    processes = Processes(VAR)
    if options.pages_only and not (VAR / "demo" / "held").exists():
        console.print(NO_YEAR)
        return 2
    console.print("PostgreSQL と Valkey を起動しています …")
    servers.start()
    if not options.pages_only:
        code = _run_the_year(options, console)
        if code:
            return code
        console.print(f"ここまで {time.monotonic() - began:.0f} 秒")
    elif not _has_prefectures(servers):
        console.print(NO_YEAR)
        servers.stop()
        return 2
    return _serve(processes, options.port) if options.serve else _leave(processes)


def _run_the_year(options: argparse.Namespace, console: Console) -> int:
    name = f"{options.size}-{options.seed}"
    inputs = VAR / "demo" / name
    held = VAR / "demo" / "held"
    if held.exists() and held.read_text() != name:
        console.print(
            f"この環境には別のサンプル（{held.read_text()}）の一年が入っています。make clean のあとで実行してください。"
        )
        return 2
    inputs.mkdir(parents=True, exist_ok=True)
    held.write_text(name)
    console.print("都道府県と、架空の名簿・経費・番号ファイルを用意しています …")
    making = None if (inputs / "complete").exists() else _start("-m", "ops.demo.generator", *_making(inputs, options))
    _child("-m", "ops.demo.onboarding")
    if making is not None:
        if making.wait():
            return making.returncode
        (inputs / "complete").touch()
    return subprocess.run(
        [sys.executable, "-m", "ops.demo.conduct", "--inputs", str(inputs)], cwd=ROOT, check=False
    ).returncode


def _has_prefectures(servers: Servers) -> bool:
    """Whether an earlier run came as far as prefectures: what was cut off before has no pages to serve."""
    try:
        with servers.postgres.connect("shugaku") as database:
            return database.execute("SELECT FROM core_prefecture LIMIT 1").fetchone() is not None
    except psycopg.Error:
        return False


def _serve(processes: Processes, port: int) -> int:
    """Serve the pages until Ctrl-C or `make stop`; workers stay at work meanwhile."""
    if alive := processes.pid("web"):
        Console().print(str(AlreadyRunning("web", alive)))
        return 1
    set_up()  # how many slots the workers have stands in the settings, which can be read now that the servers are up
    start_workers(processes)
    _child("-m", "ops.demo.serving", "--port", str(port))
    command = ["-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    try:
        return processes.run("web", [*command, "--threads", "4", "--log-level", "warning"])
    except KeyboardInterrupt:
        return 0
    finally:
        processes.stop()


def _leave(processes: Processes) -> int:
    processes.stop()
    return 0


def _making(inputs: Path, options: argparse.Namespace) -> list[str]:
    return ["--out", str(inputs), "--size", options.size, "--seed", str(options.seed)]


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT)


def _child(*arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops.demo", description=__doc__)
    parser.add_argument("--size", choices=("small", "full"), default="full")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--serve", type=int, choices=(0, 1), default=1)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--pages-only", action="store_true", help="serve what an earlier run made")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
