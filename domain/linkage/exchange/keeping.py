"""Every exchange, sealed into the prefecture's files. Old layouts stay readable because the bytes are those of the wire.

But for 個人番号 and 団体内統合宛名番号: an exchange that may hold them is kept in the same layout without them (`integrations…hiding`),
so that none outlives what the vault does with it, and a restored backup brings none back.
"""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

from domain.linkage.exchange.batches import WITH_NUMBERS
from domain.linkage.models import Batch, RawExchange
from integrations.atena_adapters.errors import BatchAltered
from integrations.atena_adapters.port import Direction, Hidden
from tenants.core import files, keys

DAMAGED_A_BATCH = 20
PURPOSE = "exchanges-with-numbers"
_DAMAGED = "-damaged-"
_BATCH_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class SealedKeeper:
    """The `ExchangeKeeper` of a prefecture. The same content of the same exchange is kept once, however often it is polled.

    Of what was damaged on the way, so many deliveries of a batch are kept at most: a broken line could fill the disk.
    """

    def keep(self, direction: Direction, name: str, payload: bytes, hidden: Hidden | None = None) -> None:
        """Seal and store one exchange. Raises DiskFull, BatchAltered; the adapter then sends nothing."""
        batch, digest = _batch_of(name), _digest(payload, hidden)
        place = {"batch_id": batch, "direction": direction, "name": name, "digest": digest}
        if RawExchange.objects.filter(**place).exists() or self._enough(batch, name):
            return
        if direction == "sent":
            _refuse_other_bytes(batch, name)
        path = f"exchanges/{batch or 'checks'}/{direction}-{name}-{digest[:16]}.sealed"
        files.write_atomically(path, hidden() if hidden else payload)
        RawExchange.objects.bulk_create([RawExchange(**place, path=path)], ignore_conflicts=True)

    def _enough(self, batch: UUID | None, name: str) -> bool:
        damaged = _DAMAGED in name
        return damaged and RawExchange.objects.filter(batch=batch, name__contains=_DAMAGED).count() >= DAMAGED_A_BATCH


def _refuse_other_bytes(batch: UUID | None, name: str) -> None:
    """Numbers are opened anew for each sending, so one corrected meanwhile would go under an id that the other side has taken already:
    it refuses the whole batch then. Raises BatchAltered.
    """
    sent = RawExchange.objects.filter(batch=batch, direction=RawExchange.Direction.SENT, name=name)
    if sent.filter(batch__kind__in=WITH_NUMBERS).exists():
        raise BatchAltered


def keyed_digest(payload: bytes) -> str:
    """What proves which bytes went over the wire where they held numbers: HMAC-SHA-256 under a key of the vault's end (`grants`).

    A plain SHA-256 would give a number away: all else of a file about one person is known, and 11 digits can be tried out.
    """
    return keys.sign(PURPOSE, payload)


def _digest(payload: bytes, hidden: Hidden | None) -> str:
    if hidden is None:
        return hashlib.sha256(payload).hexdigest()
    try:
        return keyed_digest(payload)
    except keys.KeyMissing:  # after the end of the vault: of what is kept
        return hashlib.sha256(hidden()).hexdigest()


def _batch_of(name: str) -> UUID | None:
    """The batch whose id stands in the name; a trial of 接続試験 belongs to none."""
    found = _BATCH_ID.search(name)
    return Batch.objects.filter(pk=found.group()).values_list("pk", flat=True).first() if found else None
