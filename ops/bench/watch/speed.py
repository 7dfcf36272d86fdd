"""How fast a history is judged with its reasons, and how fast the peer is on the same events in the same run."""

from __future__ import annotations

import json
import subprocess
import time
from datetime import datetime
from pathlib import Path

from audit.detection.calendar import TOKYO
from audit.detection.hours.events import read_events
from audit.detection.hours.scoring import score
from ops.bench.peer.environment import PeerUnavailable, peer_python
from ops.bench.watch.office import office
from ops.bench.watch.rows import Row

FOLDER = Path(__file__).resolve().parents[3] / "var" / "bench" / "watch"
EVENTS = 200_000
PEER_EVENTS = 50_000
GOAL = 100_000
ROUNDS = 3


def measure() -> list[Row]:
    lines = _lines()
    ours = [_ours(lines) for _ in range(ROUNDS)]
    rate = sorted(ours)[1]
    rows = [
        Row(
            "histories judged with reasons, reading included (events a second of CPU)",
            f"{rate:,.0f}",
            f"{min(ours):,.0f}–{max(ours):,.0f}",
            f"≥ {GOAL:,}",
            rate >= GOAL,
        )
    ]
    try:
        theirs = _peer(lines[:PEER_EVENTS])
    except PeerUnavailable as error:
        return [*rows, Row("river's half-space trees on the same events", f"not measured: {error}")]
    version, peer_rate = theirs
    return [
        *rows,
        Row(
            f"river {version} half-space trees on the same events (score and learn)",
            f"{peer_rate:,.0f}",
            "",
            "slower than ours",
            rate > peer_rate,
        ),
    ]


def _lines() -> list[str]:
    """Half of an office's year to learn from, the rest to judge, over and over until there are enough."""
    visits = office(0)
    half = len(visits) // 2
    lines = [
        json.dumps(
            {
                "person": visit.login.person,
                "at": datetime.fromtimestamp(visit.login.seconds, TOKYO).isoformat(),
                "train": place < half,
            }
        )
        for place, visit in enumerate(visits)
    ]
    judged = lines[half:]
    return [*lines[:half], *(judged[n % len(judged)] for n in range(EVENTS - half))]


def _ours(lines: list[str]) -> float:
    began = time.process_time()
    count = sum(1 for _ in score(read_events(lines)))
    return count / (time.process_time() - began)


def _peer(lines: list[str]) -> tuple[str, float]:
    """Raises PeerUnavailable."""
    python = peer_python(FOLDER / "peer", "river")
    script = Path(__file__).with_name("half_space_trees.py")
    try:
        done = subprocess.run(
            [str(python), str(script)], input="\n".join(lines), capture_output=True, text=True, check=True, timeout=600
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise PeerUnavailable("river could not be run") from error
    answer = json.loads(done.stdout)
    return str(answer["version"]), float(answer["rate"])
