"""One simulator of 統合宛名 per sample prefecture, each a process of its own at the other end of a real transport."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from integrations.atena_adapters.presets import preset, relocated
from ops.demo.prefectures import SAMPLE_PREFECTURES, SamplePrefecture
from ops.demo.processes import Processes
from ops.embedded.ports import free_port, read_port, write_port
from ops.embedded.servers import secret


def start_simulators(inputs: Path, var: Path, processes: Processes) -> dict[str, dict[str, Any]]:
    """Of all sample prefectures, ready to answer; the adapter configuration of each by its slug."""
    found = {sample.slug: start_simulator(sample, inputs, var, processes) for sample in SAMPLE_PREFECTURES}
    wait_until_ready(processes, [f"atena-{slug}" for slug in found])
    return found


def start_simulator(sample: SamplePrefecture, inputs: Path, var: Path, processes: Processes) -> dict[str, Any]:
    """Start it and return the adapter configuration that leads to it."""
    place = var / "exchange" / sample.code / sample.slug  # below the exchange root of that prefecture
    place.mkdir(parents=True, exist_ok=True)
    arguments = [
        "-m", "integrations.atena_adapters.simulator", "--profile", sample.preset,
        "--population", str(inputs / sample.slug / "population.sealed"), "--key-file", str(inputs / "population.key"),
        "--tenant", sample.code,
    ]  # fmt: skip
    if processes.pid(f"atena-{sample.slug}") is None:
        (processes.logs / f"atena-{sample.slug}.log").unlink(missing_ok=True)  # whether it is ready stands there, once
    if not sample.over_http:
        processes.start(f"atena-{sample.slug}", [*arguments, "--folder", str(place)])
        return relocated(preset(sample.preset), folder=str(place)).model_dump(mode="json")
    port = _port(place, processes.pid(f"atena-{sample.slug}") is not None)
    token = var / "secrets" / "atena-token"
    secret(var, "atena-token")
    arguments += ["--http-port", str(port), "--token-file", str(token), "--state", str(place)]
    processes.start(f"atena-{sample.slug}", arguments)
    return relocated(preset(sample.preset), base_url=f"http://127.0.0.1:{port}").model_dump(mode="json")


def wait_until_ready(processes: Processes, names: list[str], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    for name in names:
        while '"ready": true' not in (processes.logs / f"{name}.log").read_text(errors="replace"):
            if time.monotonic() > deadline or processes.pid(name) is None:
                raise RuntimeError(f"the simulator {name} did not start; see {processes.logs / name}.log")
            time.sleep(0.1)


def _port(place: Path, running: bool) -> int:
    remembered = place / "port"
    if not (running and remembered.exists()):
        write_port(remembered, free_port(remembered))
    return read_port(remembered)
