"""Between a number and its row: the ciphertext is bound to the person and the kind of number."""

from __future__ import annotations

from typing import Any

from domain.vault.models import PersonNumber
from domain.vault.numbers import Number
from tenants.core import keys

PURPOSE = "numbers"
TRANSIT = "numbers-transit"
"""Numbers held in transit only have a key of their own, destroyed whenever none of them is left."""


def sealed_row(
    member_id: int, field: str, number: Number, deposit_id: int | None = None, **columns: Any
) -> PersonNumber:
    """An unsaved row. Moved to another person, kind or prefecture its ciphertext does not open."""
    row = PersonNumber(
        member_id=member_id, field=field, index=index_of(field, number), deposit_id=deposit_id, **columns
    )
    row.sealed = keys.seal(purpose_of(row), number.encode(), bound_to(row))
    return row


def opened(row: PersonNumber) -> Number:
    """Raises tenants.core.keys.SealBroken; tenants.core.keys.KeyMissing once its key was destroyed."""
    return Number(keys.unseal(purpose_of(row), bytes(row.sealed), bound_to(row)).decode())


def sealed_anew(row: PersonNumber) -> bytes:
    """The same number under the newest key."""
    return keys.seal(purpose_of(row), opened(row).encode(), bound_to(row))


def make_keys() -> None:
    """Make the keys of the vault before a transaction begins: one made inside would be gone when that is undone."""
    keys.seal(PURPOSE, b"", "first use")
    keys.seal(TRANSIT, b"", "first use")
    keys.blind_index(PURPOSE, "")


def index_of(field: str, number: Number) -> bytes:
    """The blind index (32 bytes): equal for equal numbers of one kind within one prefecture."""
    return keys.blind_index(PURPOSE, f"{field}:{number.clear()}")


def purpose_of(row: PersonNumber) -> str:
    return TRANSIT if row.transit_until is not None else PURPOSE


def bound_to(row: PersonNumber) -> str:
    return f"personnumber:{row.member_id}:{row.field}"
