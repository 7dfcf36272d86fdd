"""墓標: how a number that was disposed of is known again when a restore brings it back.

A tombstone is the SHA-256 of where the number stood: prefecture, person, kind, since when to the microsecond. Nothing of the number
and no key goes into it, so it is known again in a backup from before any change of key. The lists lie as sealed files below the
prefecture's folder, not in the database, so that restoring yesterday's database does not take them away. Somebody whose number is
registered anew later has a new row, and so no tombstone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from domain.vault.models import PersonNumber, PurgeRun
from tenants.core import files
from tenants.core.context import scope

FOLDER = "tombstones"


def tombstone_of(row: PersonNumber) -> str:
    """64 hexadecimal digits."""
    place = f"{scope()}|{row.member_id}|{row.field}|{row.held_from.isoformat()}"
    return hashlib.sha256(place.encode()).hexdigest()


def digest_of(tombstones: Iterable[str]) -> str:
    """The fingerprint of a list, whatever its order."""
    return hashlib.sha256("\n".join(sorted(tombstones)).encode()).hexdigest()


def write_list(run: PurgeRun) -> None:
    """Before anything is deleted, and the same again after an interruption."""
    proof = {
        "run": str(run.pk),
        "rule": run.rule,
        "keep_years": run.keep_years,
        "before": run.before.isoformat(),
        "count": run.count,
        "digest": run.digest,
        "proposed_by": run.proposed_by,
        "approved_by": run.approved_by,
        "tombstones": sorted(run.lines.values_list("tombstone", flat=True)),
    }
    files.write_atomically(f"{FOLDER}/{run.pk}.json", json.dumps(proof, ensure_ascii=False).encode())


def lists() -> Iterator[dict[str, Any]]:
    """All lists of this prefecture. Raises tenants.core.keys.SealBroken for one that was altered."""
    folder = files.resolve(FOLDER)
    for path in sorted(folder.glob("*.json")):
        yield json.loads(files.read(f"{FOLDER}/{path.name}"))
