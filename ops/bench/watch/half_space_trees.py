"""Run by the peer's own Python: half-space trees over the same events, hour and kind of day as features."""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from importlib.metadata import version

from river import anomaly


def main() -> None:
    rows = [json.loads(line) for line in sys.stdin]
    began = time.process_time()
    trees = anomaly.HalfSpaceTrees(seed=42)
    for row in rows:
        at = datetime.fromisoformat(row["at"])
        features = {
            "hour": (at.hour * 60 + at.minute) / 1440,
            "weekday": at.weekday() / 7,
            "person": hash(row["person"]) % 997 / 997,
        }
        trees.score_one(features)
        trees.learn_one(features)
    rate = len(rows) / (time.process_time() - began)
    sys.stdout.write(json.dumps({"version": version("river"), "rate": rate}))


main()
