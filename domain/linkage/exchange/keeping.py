"""Every exchange's bytes, sealed into the prefecture's files. Old layouts stay readable because the bytes were never touched."""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

from domain.linkage.models import Batch, RawExchange
from integrations.atena_adapters.port import Direction
from tenants.core import files

DAMAGED_A_BATCH = 20
_DAMAGED = "-damaged-"
_BATCH_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class SealedKeeper:
    """The `ExchangeKeeper` of a prefecture. The same content of the same exchange is kept once, however often it is polled.

    Of what was damaged on the way, so many deliveries of a batch are kept at most: a broken line could fill the disk.
    """

    def keep(self, direction: Direction, name: str, payload: bytes) -> None:
        """Seal and store one exchange. Raises DiskFull; the adapter then sends nothing."""
        batch, digest = _batch_of(name), hashlib.sha256(payload).hexdigest()
        place = {"batch_id": batch, "direction": direction, "name": name, "digest": digest}
        if RawExchange.objects.filter(**place).exists() or self._enough(batch, name):
            return
        path = f"exchanges/{batch or 'checks'}/{direction}-{name}-{digest[:16]}.sealed"
        files.write_atomically(path, payload)
        RawExchange.objects.bulk_create([RawExchange(**place, path=path)], ignore_conflicts=True)

    def _enough(self, batch: UUID | None, name: str) -> bool:
        damaged = _DAMAGED in name
        return damaged and RawExchange.objects.filter(batch=batch, name__contains=_DAMAGED).count() >= DAMAGED_A_BATCH


def _batch_of(name: str) -> UUID | None:
    """The batch whose id stands in the name; a trial of 接続試験 belongs to none."""
    found = _BATCH_ID.search(name)
    return Batch.objects.filter(pk=found.group()).values_list("pk", flat=True).first() if found else None
