"""What a season must come to: every line that we sent stands in the simulator's own ledger, and none is left open."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path

from django.db.models import Sum

from domain.linkage.models import Batch, Inquiry, Registration

OPEN = (Inquiry.State.WAITING, Inquiry.State.SENT, Inquiry.State.HELD)


class NotReconciled(Exception):
    """`bench.not-reconciled`: our figures and the simulator's differ, or lines are open: the time says nothing."""

    identifier = "bench.not-reconciled"


def reconcile(state: Path, *, codes: bool) -> dict[str, int]:
    """Our figures against those of the ledger in `state`. `codes`: 符号 were looked for too. Raises NotReconciled with both."""
    ours, theirs = _ours(), _theirs(state)
    if not codes:
        ours.pop("codes"), theirs.pop("codes")
    if ours != theirs:
        raise NotReconciled(f"ours {ours}, the simulator's {theirs}")
    end = Registration.State.READY if codes else Registration.State.REGISTERED
    still = Inquiry.objects.filter(state__in=OPEN).count() + Registration.objects.exclude(state=end).count()
    undecided = Inquiry.objects.filter(settlement=Inquiry.Settlement.NONE).exclude(match=Inquiry.Match.MATCHED).count()
    if still or undecided:
        raise NotReconciled(f"{still} lines are open, {undecided} are not settled; sent and received: {ours}")
    return ours


def _ours() -> dict[str, int]:
    sent = dict(Batch.objects.values_list("kind").annotate(lines=Sum("size")).order_by())
    registered = Registration.objects.filter(state__in=Registration.KNOWN).count()
    return {
        "codes": sent.get("check", 0),
        "registration": sent.get("register", 0),
        "inquiry": sent.get("inquire", 0),
        "registered": registered,
        "answered": Inquiry.objects.filter(state=Inquiry.State.ANSWERED).count(),
    }


def _theirs(state: Path) -> dict[str, int]:
    with sqlite3.connect(f"file:{state / 'simulator.sqlite3'}?mode=ro", uri=True) as ledger:
        lines: Counter[str] = Counter()
        for kind, rows, rejected in ledger.execute("SELECT kind, rows, rejected FROM batches"):
            lines[kind] += len(json.loads(rows)) + len(json.loads(rejected))
        (registered,) = ledger.execute("SELECT count(*) FROM addressees").fetchone()
        (answered,) = ledger.execute("SELECT count(*) FROM provisions WHERE result = 'answered'").fetchone()
    return {
        "codes": lines["linkage"],
        "registration": lines["registration"],
        "inquiry": lines["inquiry"],
        "registered": registered,
        "answered": answered,
    }
