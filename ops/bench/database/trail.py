"""Run in a process against servers of the bench's own: the trail under load. Prints its figures as JSON.

`fill`: writers only, one process each, so that Python's lock is not what is measured; started by the measuring process.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from ops.bench.database.layout import SLUG
from ops.demo.environment import set_up
from ops.embedded.servers import servers_of

WRITERS = 2
OFFERED = 15_000
"""Events a second that all writers together offer: half as many again as the goal. Writers that only race the sealer for the same
two cores would tell nothing of how soon an event is sealed."""

BATCH = 1_000
SEAL_EVERY = 1.0
SEARCHES = 200
LATENCIES = 1_000
PEOPLE = 50_000
FLUSHED = b"x" * 8_192
LARGE = 20_000_000
"""So many events and more are kept without the indexes that other questions read."""


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
        found: dict[str, Any] = _latencies() | _tampering() | _append_and_seal(asked.events) if asked.events else {}
        found |= _search(asked.searched) if asked.searched else {}
    print(json.dumps(found))


def _write(count: int) -> None:
    from audit.trail import store
    from audit.trail.entries import Entry, Subject, compose
    from audit.trail.vocabulary import Event
    from tenants.core.context import require_prefecture, scope

    code, began = require_prefecture().code, time.monotonic()
    for start in range(0, count, BATCH):
        entries = (
            Entry(Event.READ_HOUSEHOLD_SHOWN, (Subject("household", str(n % PEOPLE)),), {"件数": n})
            for n in range(start, min(start + BATCH, count))
        )
        store.insert([compose(entry).content for entry in entries], scope=scope(), prefecture_code=code)
        due = began + (start + BATCH) * WRITERS / OFFERED
        time.sleep(max(0.0, due - time.monotonic()))


def _tampering() -> dict[str, Any]:
    """Every kind of tampering done to an export of this database, sealed by the sealer, and shown to the verifier."""
    from audit.trail import store
    from audit.trail.entries import Entry, Subject, compose
    from audit.trail.sealing.export import export_lines, public_keys
    from audit.trail.sealing.sealer import PURPOSE, seal_scope
    from audit.trail.vocabulary import Event
    from ops.bench.database import tampering
    from tenants.core.context import require_prefecture, scope
    from tenants.core.keys import signing_key

    key, own, code = signing_key(PURPOSE), scope(), require_prefecture().code
    seal_scope(own, key)  # what was written before lies in batches of its own
    for _ in range(tampering.BATCHES):
        entries = [Entry(Event.READ_PUPIL_SHOWN, (Subject("pupil", str(n)),)) for n in range(tampering.SIZE)]
        store.insert([compose(entry).content for entry in entries], scope=own, prefecture_code=code)
        if seal_scope(own, key) != tampering.SIZE:
            raise SystemExit("something else was sealed with the batches that are tampered with")
    lines = [json.loads(line) for line in export_lines()]
    missed = tampering.missed(lines, key, [bytes.fromhex(one) for one in public_keys()])
    return {"tampered": len(tampering.MUTATIONS), "missed": missed}


def _append_and_seal(events: int) -> dict[str, Any]:
    """Writers and the sealer at the same time; then the export, checked by the verifier that tenants get."""
    from audit.trail.audit_verify import verify_export
    from audit.trail.sealing.export import export_lines, public_keys
    from audit.trail.sealing.sealer import PURPOSE, seal_scope
    from ops.bench.database.clocks import cpu_seconds_of_all
    from tenants.core.context import scope
    from tenants.core.keys import signing_key

    key, own = signing_key(PURPOSE), scope()
    seal_scope(own, key)  # what was written before does not count
    before = cpu_seconds_of_all()
    command = [sys.executable, "-m", "ops.bench.database.trail", "--fill", str(events // WRITERS)]
    writers = [subprocess.Popen(command) for _ in range(WRITERS)]
    sealed = 0
    while sealed < events // WRITERS * WRITERS:
        sealed += seal_scope(own, key)
        if any(writer.poll() for writer in writers):
            raise SystemExit("a writer failed")
        time.sleep(SEAL_EVERY)
    for writer in writers:
        writer.wait()
    spent = cpu_seconds_of_all() - before
    report = verify_export(export_lines(), [bytes.fromhex(one) for one in public_keys()])
    seconds, lag = _times()
    return {
        "events": sealed,
        "sealed_s": seconds,
        "lag_s": lag,
        "cpu_us": spent / sealed * 1_000_000,
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


def _latencies() -> dict[str, float]:
    """p95 in milliseconds, of a system at rest: one access written before a page is shown, one act recorded in its transaction
    (its commit is the act's own), and beside them what the disk takes to flush a page by itself."""
    from django.db import transaction

    from audit.trail.entries import Subject
    from audit.trail.recorder import record, record_access
    from audit.trail.vocabulary import Event

    def act(n: int) -> None:
        record(Event.STATEMENT_RECORD_SAVED, subjects=[Subject("statement", str(n))])

    def acts() -> float:
        with transaction.atomic():
            return _p95(act, LATENCIES)

    def access(n: int) -> None:
        record_access(Event.READ_PUPIL_SHOWN, subjects=[Subject("pupil", str(n))])

    _at_rest()
    return {"flush_ms": _flush(), "latency_ms": _p95(access, LATENCIES), "act_ms": acts()}


def _at_rest() -> None:
    """What laying out left to be written is written: else the disk is busy with it."""
    from django.conf import settings

    with servers_of(settings.VAR).postgres.connect("postgres") as superuser:
        superuser.execute("CHECKPOINT")


def _flush() -> float:
    from django.conf import settings

    with tempfile.TemporaryFile(dir=settings.VAR) as file:

        def write(_: int) -> None:
            os.pwrite(file.fileno(), FLUSHED, 0)
            os.fdatasync(file.fileno())

        return _p95(write, LATENCIES // 5)


def _search(events: int) -> dict[str, float]:
    from audit.trail.entries import Subject
    from audit.trail.reader import Filters, search
    from ops.bench.database import trail_filling
    from tenants.core.context import require_prefecture, scope

    began = time.perf_counter()
    taken = trail_filling.fill(scope(), require_prefecture().code, events, lean=events >= LARGE)
    filled = time.perf_counter() - began

    def look(n: int) -> None:
        if not search(Filters(subject=Subject(trail_filling.KIND, str(n * 7 % trail_filling.PEOPLE)))):
            raise SystemExit("nobody was found")

    def look_at_family(n: int) -> None:
        if not search(Filters(subjects=_family(n))):
            raise SystemExit("no family was found")

    for asked in (look, look_at_family):
        _p95(asked, SEARCHES)  # warm
    found = {"search_ms": _p95(look, SEARCHES), "family_ms": _p95(look_at_family, SEARCHES)}
    return {"searched": events, "fill_s": filled, "bytes": taken, **found}


def _family(n: int) -> list[Any]:
    """As the page asks: a family has some ten records of five kinds. Six of these have events, as many each as one subject has."""
    from audit.trail.entries import Subject
    from ops.bench.database import trail_filling

    seen = [Subject(trail_filling.KIND, str((n * 7 + k * 101) % trail_filling.PEOPLE)) for k in range(6)]
    return seen + [Subject(kind, str(n)) for kind in ("household", "member", "statement", "expense")]


def _p95(work: Callable[[int], object], count: int) -> float:
    times = []
    for n in range(count):
        began = time.perf_counter()
        work(n)
        times.append((time.perf_counter() - began) * 1_000)
    return sorted(times)[int(count * 0.95)]


if __name__ == "__main__":
    main()
