"""Run in a process against servers of the bench's own: the trail under load. Prints its figures as JSON.

`fill`: writers only, one process each, so that Python's lock is not what is measured; started by the measuring process.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from ops.bench.database.layout import SLUG
from ops.demo.environment import set_up

WRITERS = 2
BATCH = 1_000
SEAL_EVERY = 1.0
SEARCHES = 200
LATENCIES = 2_000
PEOPLE = 50_000
FILL_AT_ONCE = 100_000

_FILL = """
INSERT INTO trail.event (scope, prefecture_code, id, occurred_at, event, actor_kind, actor_id, actor_name, actor_role,
    terminal, session, job_id, subjects, detail, allowed_by, duty, case_ref)
SELECT %(scope)s, %(code)s, gen_random_uuid(), now() + make_interval(secs => (n * 2592000.0 / %(total)s)),
    'read:household:shown', 'person', 'u' || n %% 40, '計測 太郎', '学校事務担当', 't1', 's', NULL,
    jsonb_build_array(jsonb_build_object('kind', 'household', 'id', (n %% %(people)s)::text)), '{}', 'view_household', '', ''
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--searched", type=int, default=10_000_000)
    parser.add_argument("--fill", type=int, default=0)
    asked = parser.parse_args()
    set_up()
    from tenants.core.context import gateway_context, prefecture_context
    from tenants.core.models import Prefecture

    with gateway_context():
        prefecture = Prefecture.objects.get(slug=SLUG)
    with prefecture_context(prefecture):
        if asked.fill:
            _write(asked.fill)
            return
        found = _append_and_seal(asked.events) | {"latency_ms": _latency()}
        found |= _search(asked.searched) if asked.searched else {}
    print(json.dumps(found))


def _write(count: int) -> None:
    from audit.trail import store
    from audit.trail.entries import Entry, Subject, compose
    from audit.trail.vocabulary import Event
    from tenants.core.context import require_prefecture, scope

    code = require_prefecture().code
    for start in range(0, count, BATCH):
        entries = (
            Entry(Event.READ_HOUSEHOLD_SHOWN, (Subject("household", str(n % PEOPLE)),), {"件数": n})
            for n in range(start, min(start + BATCH, count))
        )
        store.insert([compose(entry).as_json() for entry in entries], scope=scope(), prefecture_code=code)


def _append_and_seal(events: int) -> dict[str, Any]:
    """Writers and the sealer at the same time; then the export, checked by the verifier that tenants get."""
    from audit.trail.audit_verify import verify_export
    from audit.trail.sealing.export import export_lines, public_keys
    from audit.trail.sealing.sealer import PURPOSE, seal_scope
    from tenants.core.context import scope
    from tenants.core.keys import signing_key

    key, own = signing_key(PURPOSE), scope()
    command = [sys.executable, "-m", "ops.bench.database.trail", "--fill", str(events // WRITERS)]
    writers = [subprocess.Popen(command) for _ in range(WRITERS)]
    sealed = 0
    while sealed < events // WRITERS * WRITERS:
        sealed += seal_scope(own, key)
        if any(writer.poll() for writer in writers):
            raise SystemExit("a writer failed")
        time.sleep(SEAL_EVERY)
    report = verify_export(export_lines(), [bytes.fromhex(one) for one in public_keys()])
    seconds, lag = _times()
    return {
        "events": sealed,
        "sealed_s": seconds,
        "lag_s": lag,
        "breaks": len(report.findings),
        "checked": report.events,
    }


def _times() -> tuple[float, float]:
    """By the database's clock: from the first event stored to the last one sealed, and the longest wait of any for its seal."""
    from audit.trail import connections
    from tenants.core.context import scope

    asked = (
        "SELECT extract(epoch FROM max(l.sealed_at) - min(e.recorded_at))::float AS seconds,"
        " max(extract(epoch FROM l.sealed_at - e.recorded_at))::float AS lag FROM trail.batch_leaves l"
        " CROSS JOIN LATERAL unnest(l.event_ids, l.occurred_at) AS u (id, at)"
        " JOIN trail.event e ON e.occurred_at = u.at AND e.id = u.id WHERE l.scope = %s AND e.event = %s"
    )
    told = (scope(), "read:household:shown")
    row = connections.use(connections.reader(scope()), lambda trail: trail.execute(asked, told).fetchone())
    if row is None:
        raise SystemExit("nothing was sealed")
    return float(row["seconds"]), float(row["lag"])


def _latency() -> float:
    """p95 of one access written before a page is shown, in milliseconds."""
    from audit.trail.entries import Subject
    from audit.trail.recorder import record_access
    from audit.trail.vocabulary import Event

    return _p95(lambda n: record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", str(n))]), LATENCIES)


def _search(events: int) -> dict[str, float]:
    from audit.trail import connections
    from audit.trail.entries import Subject
    from audit.trail.reader import Filters, search
    from tenants.core.context import require_prefecture, scope

    asked = {"scope": scope(), "code": require_prefecture().code, "total": events, "people": PEOPLE}
    patient = dataclasses.replace(connections.writer(), statement_ms=600_000)
    for first in range(0, events, FILL_AT_ONCE):
        _fill(patient, asked | {"first": first, "last": min(first + FILL_AT_ONCE, events) - 1})

    def look(n: int) -> None:
        search(Filters(subject=Subject("household", str(n * 7 % PEOPLE))))

    _p95(look, SEARCHES)  # warm
    return {"searched": events, "search_ms": _p95(look, SEARCHES)}


def _fill(target: Any, part: dict[str, Any]) -> None:
    from audit.trail import connections

    connections.use(target, lambda trail: trail.execute(_FILL, part))


def _p95(work: Callable[[int], object], count: int) -> float:
    times = []
    for n in range(count):
        began = time.perf_counter()
        work(n)
        times.append((time.perf_counter() - began) * 1_000)
    return sorted(times)[int(count * 0.95)]


if __name__ == "__main__":
    main()
