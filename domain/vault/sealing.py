"""Between a number and its row: the ciphertext is bound to the person and the kind of number."""

from __future__ import annotations

from domain.vault.models import PersonNumber
from domain.vault.numbers import Number
from tenants.core import keys

PURPOSE = "numbers"


def sealed_row(member_id: int, field: str, number: Number, deposit_id: int | None = None) -> PersonNumber:
    """An unsaved row. Moved to another person, kind or prefecture its ciphertext does not open."""
    return PersonNumber(
        member_id=member_id,
        field=field,
        sealed=keys.seal(PURPOSE, number.encode(), _bound(member_id, field)),
        index=index_of(field, number),
        deposit_id=deposit_id,
    )


def opened(row: PersonNumber) -> Number:
    """Raises tenants.core.keys.SealBroken."""
    return Number(keys.unseal(PURPOSE, bytes(row.sealed), _bound(row.member_id, row.field)).decode())


def make_keys() -> None:
    """Make the keys of the vault before a transaction begins: one made inside would be gone when that is undone."""
    keys.seal(PURPOSE, b"", "first use")
    keys.blind_index(PURPOSE, "")


def index_of(field: str, number: Number) -> bytes:
    """The blind index (32 bytes): equal for equal numbers of one kind within one prefecture."""
    return keys.blind_index(PURPOSE, f"{field}:{number.clear()}")


def _bound(member_id: int, field: str) -> str:
    return f"personnumber:{member_id}:{field}"
