"""Between a number and its row: the ciphertext is bound to the person and the kind of number, the blind index finds it again.

While the key of the blind index is changed there are two (`rotation`). Rows stand under the present one, and rows written by who
knows the next one under that as well; a process that has not heard of the switch yet still knows both, for a minute at most.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.vault.models import PersonNumber
from domain.vault.numbers import Number
from tenants.core import keys

PURPOSE = "numbers"
TRANSIT = "numbers-transit"
"""Numbers held in transit only have a key of their own, destroyed whenever none of them is left."""
INDEX = keys.index_purpose(PURPOSE)
"""The key of the blind indexes of all of them."""


def sealed_row(
    member_id: int, field: str, number: Number, deposit_id: int | None = None, **columns: Any
) -> PersonNumber:
    """An unsaved row. Moved to another person, kind or prefecture its ciphertext does not open."""
    row = PersonNumber(member_id=member_id, field=field, deposit_id=deposit_id, **columns)
    (row.index_key, row.index), *following = _indexes(field, number).items()
    row.index_next = following[-1][1] if following else None
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
    """The blind index (32 bytes) under the present key: equal for equal numbers of one kind within one prefecture."""
    return next(iter(_indexes(field, number).values()))


def indexed_anew(row: PersonNumber, key_number: int) -> bytes:
    """The blind index of its number under that key."""
    return _indexes(row.field, opened(row))[key_number]


def spellings(field: str, numbers: Iterable[Number]) -> dict[bytes, bytes]:
    """Every blind index under which rows of these numbers may stand, and to which `index_of` it belongs."""
    found: dict[bytes, bytes] = {}
    for number in numbers:
        present, *following = _indexes(field, number).values()
        found |= dict.fromkeys((present, *following), present)
    return found


def _indexes(field: str, number: Number) -> dict[int, bytes]:
    return keys.blind_indexes(PURPOSE, f"{field}:{number.clear()}")


def purpose_of(row: PersonNumber) -> str:
    return TRANSIT if row.transit_until is not None else PURPOSE


def bound_to(row: PersonNumber) -> str:
    return f"personnumber:{row.member_id}:{row.field}"
