"""Sealing with the keys of the current scope.

master key → key of the scope → data keys by purpose and fiscal year (all random, each wrapped by the one above, stored in the
scope's own schema). Destroying the wrapped key of a scope makes everything it sealed unreadable; what an older backup holds,
once the master key that wrapped it is changed and destroyed too (docs/keys.md).

A sealed value is `version(1) | key number(2) | nonce(12) | AES-256-GCM ciphertext and tag`; scope, purpose and the caller's `aad`
(table, column, row) are authenticated, so that a value moved to another row, table or prefecture does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils import timezone

from tenants.core.context import scope
from tenants.core.db.base import current
from tenants.core.providers import SealBroken as SealBroken
from tenants.core.providers import fresh_nonce, provider

if TYPE_CHECKING:
    from tenants.keyring.models import WrappedKey

VERSION = b"\x01"
NONCE_BYTES = 12
KEPT_SECONDS = 60.0
FIRST_MONTH_OF_YEAR = 4

renewed_by_job: set[str] = set()
"""Purposes whose room changes the key by a job of its own, with a certificate; the others begin a new key each fiscal year."""


class KeyMissing(Exception):
    """`keys.missing`: the scope has no key for the purpose (not onboarded, or its keys were destroyed)."""

    identifier = "keys.missing"

    def __init__(self, purpose: str) -> None:
        super().__init__(f"鍵がありません（用途: {purpose}）。導入手続の「鍵の作成」を確認してください。")


@dataclass(frozen=True, slots=True)
class _DataKey:
    number: int
    material: bytes
    read_at: float
    older: tuple[_DataKey, ...] = ()


_Kept = dict[tuple[str, str, int], _DataKey]
_kept: _Kept = {}
_lock = threading.Lock()
_NEWEST = -1
_SEALING = -2
"""The newest, begun anew with each fiscal year."""
_ALL = -3
_FIRST = -4
"""The newest, with the older ones that are not destroyed: read in one go, so that they are those of one moment."""


def seal(purpose: str, plaintext: bytes, aad: str) -> bytes:
    key = _data_key(purpose, _SEALING)
    bound = _bound(purpose, aad)
    nonce = fresh_nonce(key.material, plaintext, bound)
    ciphertext = AESGCM(key.material).encrypt(nonce, plaintext, bound)
    return VERSION + key.number.to_bytes(2, "big") + nonce + ciphertext


def unseal(purpose: str, sealed: bytes, aad: str) -> bytes:
    """Raises SealBroken when value, scope, purpose or `aad` are not those it was sealed with."""
    sealed = bytes(sealed)
    if sealed[:1] != VERSION or len(sealed) < 3 + NONCE_BYTES + 16:
        raise SealBroken
    key = _data_key(purpose, int.from_bytes(sealed[1:3], "big"))
    try:
        return AESGCM(key.material).decrypt(
            sealed[3 : 3 + NONCE_BYTES], sealed[3 + NONCE_BYTES :], _bound(purpose, aad)
        )
    except InvalidTag:
        raise SealBroken from None


def blind_index(purpose: str, value: str) -> bytes:
    """A keyed hash (32 bytes) for equality search; its key is never one that seals."""
    return _hashed(_data_key(index_purpose(purpose)), value)


def blind_indexes(purpose: str, value: str) -> dict[int, bytes]:
    """The blind index under every key that is not destroyed, by its number, the oldest first: two while a key is changed."""
    newest = _data_key(index_purpose(purpose), _ALL)
    return {key.number: _hashed(key, value) for key in (*newest.older, newest)}


def index_purpose(purpose: str) -> str:
    """The purpose of the key of a blind index: one of its own, which never seals."""
    return f"index:{purpose}"


def _hashed(key: _DataKey, value: str) -> bytes:
    return hmac.new(key.material, value.encode(), hashlib.sha256).digest()


def sign(purpose: str, data: bytes) -> str:
    return signer(purpose)(data).hex()


def signer(purpose: str) -> Callable[[bytes], bytes]:
    """What signs (32 bytes) for the current scope, for as long as the caller holds it: for many signatures at once."""
    material, bound = _data_key(f"sign:{purpose}", _FIRST).material, _bound(purpose, "signature")
    return lambda data: hmac.digest(material, bound + data, "sha256")


def verify(purpose: str, data: bytes, signature: str) -> bool:
    return hmac.compare_digest(sign(purpose, data), signature)


def signing_key(purpose: str) -> Ed25519PrivateKey:
    """The key of the current scope whose signatures others can check with the public half alone (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(_data_key(f"ed25519:{purpose}", _FIRST).material)


def forget_kept_keys() -> None:
    """After a rotation or destruction in this process; other processes forget within KEPT_SECONDS."""
    with _lock:
        _kept.clear()


def _data_key(purpose: str, number: int = _NEWEST) -> _DataKey:
    owner = scope()
    place = (owner, purpose, number)
    with _lock:
        key = _kept.get(place) or current().kept_in_transaction.get(place)
    if key is None or time.monotonic() - key.read_at > KEPT_SECONDS:
        key = _read_key(owner, purpose, number)
        with _lock:
            _shelf(owner, purpose)[place] = key
    return key


def _shelf(owner: str, purpose: str) -> _Kept:
    """Where a key just read may be kept.

    One of a purpose whose key this very transaction may have made: with the connection, which forgets at every end and every
    rollback, so that a key made in a transaction that is undone is forgotten with it. Kept longer, it would seal values that
    nobody could open again. Any other key that can be seen was committed.
    """
    wrapper = current()
    is_young = wrapper.in_atomic_block and (owner, purpose) in wrapper.keys_made
    return wrapper.kept_in_transaction if is_young else _kept


def _read_key(owner: str, purpose: str, number: int) -> _DataKey:
    from tenants.keyring.models import WrappedKey

    rows = WrappedKey.objects.filter(purpose=purpose, destroyed_at=None)
    if number >= 0:
        row = rows.filter(number=number).first()
    elif number == _FIRST:  # of what signs: a key that injected SQL adds is never the one that counts
        row = rows.filter(number=1).first() or _create(owner, purpose)
    else:
        row = rows.order_by("-number").first() or _create(owner, purpose)
        if number == _SEALING and row is not None and _is_of_an_earlier_year(row):
            row = _create(owner, purpose, row.number + 1) or row
    if row is None:
        raise KeyMissing(purpose)
    now, older = time.monotonic(), rows.filter(number__lt=row.number).order_by("number") if number == _ALL else ()
    before = tuple(_DataKey(each.number, unwrap_data_key(owner, each), now) for each in older)
    return _DataKey(row.number, unwrap_data_key(owner, row), now, before)


def _is_of_an_earlier_year(row: WrappedKey) -> bool:
    return row.purpose not in renewed_by_job and row.year < fiscal_year_today()


def fiscal_year_today() -> int:
    """年度: from 1 April."""
    today = timezone.localdate()
    return today.year - (today.month < FIRST_MONTH_OF_YEAR)


def _create(owner: str, purpose: str, number: int = 1) -> WrappedKey | None:
    """The first use of a purpose makes its key; of two processes at once, one wins by the unique constraint.

    None when a key of that number was destroyed: a purpose whose keys are destroyed does not begin anew by itself.
    """
    from tenants.keyring.models import WrappedKey

    current().keys_made.add((owner, purpose))
    wrapped = wrap_data_key(owner, purpose, number, os.urandom(32))
    row = WrappedKey(purpose=purpose, number=number, year=fiscal_year_today(), wrapped=wrapped)
    WrappedKey.objects.bulk_create([row], ignore_conflicts=True)
    return WrappedKey.objects.filter(purpose=purpose, number=number, destroyed_at=None).first()


def add_key(purpose: str, number: int) -> int:
    """Make the key of that number, from now on the one that seals; older ones go on opening. Returns the newest number.

    Other processes seal with the old one for up to KEPT_SECONDS. Asked again for the same number, nothing changes.
    """
    from tenants.keyring.models import WrappedKey

    _create(scope(), purpose, number)
    forget_kept_keys()
    current().kept_in_transaction.clear()
    return (
        WrappedKey.objects.filter(purpose=purpose, destroyed_at=None)
        .order_by("-number")
        .values_list("number", flat=True)[0]
    )


def wrap_data_key(owner: str, purpose: str, number: int, material: bytes) -> bytes:
    """`number of the scope's key(2) | nonce(12) | ciphertext and tag`: under the newest key of the scope."""
    scope_number, key = _scope_key(owner)
    bound = f"data-key:{owner}:{purpose}:{number}".encode()
    nonce = fresh_nonce(key, material, bound)
    return scope_number.to_bytes(2, "big") + nonce + AESGCM(key).encrypt(nonce, material, bound)


def unwrap_data_key(owner: str, row: WrappedKey) -> bytes:
    wrapped = bytes(row.wrapped)
    key = _scope_key_of(owner, int.from_bytes(wrapped[:2], "big"))
    bound = f"data-key:{owner}:{row.purpose}:{row.number}".encode()
    try:
        return AESGCM(key).decrypt(wrapped[2 : 2 + NONCE_BYTES], wrapped[2 + NONCE_BYTES :], bound)
    except (InvalidTag, ValueError):  # ValueError: too short to be anything of ours
        raise SealBroken from None


def _scope_key_of(owner: str, number: int) -> bytes:
    """Raises KeyMissing where the scope has no key at all, and SealBroken where it has others: then the number is made up."""
    try:
        return _scope_key(owner, number)[1]
    except KeyMissing:
        _scope_key(owner)
        raise SealBroken from None


def _scope_key(owner: str, number: int = _NEWEST) -> tuple[int, bytes]:
    from tenants.keyring.models import SCOPE_KEY, WrappedKey

    rows = WrappedKey.objects.filter(purpose=SCOPE_KEY, destroyed_at=None)
    row = (rows.order_by("-number") if number == _NEWEST else rows.filter(number=number)).first()
    if row is None:
        raise KeyMissing(SCOPE_KEY)
    return row.number, provider().unwrap(owner, bytes(row.wrapped))


def _bound(purpose: str, aad: str) -> bytes:
    return f"{scope()}|{purpose}|{aad}".encode()
