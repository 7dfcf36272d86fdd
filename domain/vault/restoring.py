"""After a restore: numbers that were disposed of go again before anybody can see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from domain.vault import disposal, tombstones
from domain.vault.models import PersonNumber, PurgeRun, VaultSettings


def replay_tombstones() -> int:
    """Dispose again of every number of this prefecture that has a tombstone. Returns how many; 0 when nothing came back.

    One pass over the lists and one over the rows; safe to call at any time, which the restore procedure, the start of a worker
    and the nightly upkeep do. A disposal under way is left to its own job.
    """
    proofs = {stone: proof for proof in tombstones.lists() for stone in proof["tombstones"]}
    if not proofs:
        return 0
    with transaction.atomic():
        VaultSettings.objects.select_for_update().get(pk=1)  # one process at a time
        back = _brought_back(proofs)
        of_run = {str(proof["run"]): proof for proof in proofs.values()}
        return sum(disposal.dispose_again(of_run[run], stones).count for run, stones in back.items())


def _brought_back(proofs: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[int, str]]:
    """Rows with a tombstone, by the disposal that they were on: row → tombstone."""
    busy = set(PurgeRun.objects.filter(state=PurgeRun.State.APPROVED).values_list("lines__number_id", flat=True))
    back: dict[str, dict[int, str]] = {}
    for row in PersonNumber.objects.defer("sealed").order_by("pk").iterator(chunk_size=2_000):
        stone = tombstones.tombstone_of(row)
        if stone in proofs and row.pk not in busy:
            back.setdefault(str(proofs[stone]["run"]), {})[row.pk] = stone
    return back
