"""The key with which the schools of a prefecture seal their files of numbers, kept under the prefecture's own keys."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from domain.vault.errors import DepositKeyMissing
from domain.vault.models import DepositKey
from integrations.sealed_file import key_id
from tenants.core import keys

PURPOSE = "deposit-key"


def set_deposit_key(key: bytes) -> DepositKey:
    """Put a key (32 bytes) in use; the one before is retired and opens nothing any more. The same key changes nothing."""
    name = key_id(key)
    sealed = keys.seal(PURPOSE, key, name)  # before the transaction: it may be the first use of the purpose
    with transaction.atomic():
        current = DepositKey.objects.select_for_update().filter(retired_at=None).first()
        if current is not None and current.key_id == name:
            return current
        DepositKey.objects.filter(retired_at=None).update(retired_at=timezone.now())
        row, _ = DepositKey.objects.update_or_create(key_id=name, defaults={"sealed": sealed, "retired_at": None})
        record(Event.NUMBER_FILEKEY_CHANGED, detail={"key": name[:16]})
        return row


def deposit_key() -> bytes:
    """The key in use. Raises DepositKeyMissing."""
    row = DepositKey.objects.filter(retired_at=None).first()
    if row is None:
        raise DepositKeyMissing
    return keys.unseal(PURPOSE, bytes(row.sealed), row.key_id)


def sealed_anew(row: DepositKey) -> bytes:
    """The same key under the newest key of the purpose."""
    return keys.seal(PURPOSE, keys.unseal(PURPOSE, bytes(row.sealed), row.key_id), row.key_id)
