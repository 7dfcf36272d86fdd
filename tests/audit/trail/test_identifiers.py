from __future__ import annotations

import time
import uuid

from audit.trail.identifiers import uuid7


def test_version_variant_and_time() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert before <= made.int >> 80 <= after


def test_ids_are_unique_and_later_ones_sort_later() -> None:
    made = []
    for _ in range(200):
        made.append(uuid7())
        time.sleep(0.00001)
    assert len(set(made)) == 200
    assert [identity.int >> 68 for identity in made] == sorted(identity.int >> 68 for identity in made)
