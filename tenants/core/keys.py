"""Sealing with the keys of the current scope.

master key → key of the scope → one data key per purpose (all random, each wrapped by the one above, stored in the scope's own
schema). Destroying the wrapped key of a scope makes everything it sealed unreadable, backups included.

A sealed value is `version(1) | key number(2) | nonce(12) | AES-256-GCM ciphertext and tag`; scope, purpose and the caller's `aad`
(table, column, row) are authenticated, so that a value moved to another row, table or prefecture does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from tenants.core.context import scope
from tenants.core.db.base import current

if TYPE_CHECKING:
    from tenants.keyring.models import WrappedKey

VERSION = b"\x01"
NONCE_BYTES = 12
KEPT_SECONDS = 60.0


class SealBroken(Exception):
    """`keys.seal-broken`: the value was altered, moved, or belongs to somebody else. Never says what it held."""

    identifier = "keys.seal-broken"

    def __init__(self) -> None:
        super().__init__(
            "暗号化された値を開けません。改ざん、または別の場所の値です。システム管理者に連絡してください。"
        )


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


_Kept = dict[tuple[str, str, int], _DataKey]
_kept: _Kept = {}
_lock = threading.Lock()
_NEWEST = -1


def seal(purpose: str, plaintext: bytes, aad: str) -> bytes:
    key = _data_key(purpose)
    nonce = os.urandom(NONCE_BYTES)
    ciphertext = AESGCM(key.material).encrypt(nonce, plaintext, _bound(purpose, aad))
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
    return hmac.new(_data_key(f"index:{purpose}").material, value.encode(), hashlib.sha256).digest()


def sign(purpose: str, data: bytes) -> str:
    key = _data_key(f"sign:{purpose}")
    return hmac.new(key.material, _bound(purpose, "signature") + data, hashlib.sha256).hexdigest()


def verify(purpose: str, data: bytes, signature: str) -> bool:
    return hmac.compare_digest(sign(purpose, data), signature)


def signing_key(purpose: str) -> Ed25519PrivateKey:
    """The key of the current scope whose signatures others can check with the public half alone (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(_data_key(f"ed25519:{purpose}").material)


def wrap_under_master(owner: str, material: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_master()).encrypt(nonce, material, f"scope-key:{owner}".encode())


def forget_kept_keys() -> None:
    """After a rotation or destruction in this process; other processes forget within KEPT_SECONDS."""
    with _lock:
        _kept.clear()


def _data_key(purpose: str, number: int = _NEWEST) -> _DataKey:
    owner = scope()
    place = (owner, purpose, number)
    shelf = _shelf()
    with _lock:
        key = _kept.get(place) or shelf.get(place)
    if key is None or time.monotonic() - key.read_at > KEPT_SECONDS:
        key = _read_key(owner, purpose, number)
        with _lock:
            shelf[place] = key
    return key


def _shelf() -> _Kept:
    """Where a key just read may be kept.

    Inside a transaction: with the connection, which forgets at every end and every rollback, so that a key made in a
    transaction that is undone is forgotten with it. Kept longer, it would seal values that nobody could open again.
    """
    wrapper = current()
    return wrapper.kept_in_transaction if wrapper.in_atomic_block else _kept


def _read_key(owner: str, purpose: str, number: int) -> _DataKey:
    from tenants.keyring.models import WrappedKey

    rows = WrappedKey.objects.filter(purpose=purpose, destroyed_at=None)
    row = (rows.order_by("-number") if number == _NEWEST else rows.filter(number=number)).first()
    if row is None:
        row = _create(owner, purpose) if number == _NEWEST else None
    if row is None:
        raise KeyMissing(purpose)
    material = _unwrap(_scope_key(owner), bytes(row.wrapped), f"data-key:{owner}:{purpose}:{row.number}")
    return _DataKey(row.number, material, time.monotonic())


def _create(owner: str, purpose: str, number: int = 1) -> WrappedKey | None:
    """The first use of a purpose makes its key; of two processes at once, one wins by the unique constraint.

    None when a key of that number was destroyed: a purpose whose keys are destroyed does not begin anew by itself.
    """
    from tenants.keyring.models import WrappedKey

    scope_key = _scope_key(owner)
    nonce = os.urandom(NONCE_BYTES)
    bound = f"data-key:{owner}:{purpose}:{number}".encode()
    wrapped = nonce + AESGCM(scope_key).encrypt(nonce, os.urandom(32), bound)
    WrappedKey.objects.bulk_create([WrappedKey(purpose=purpose, number=number, wrapped=wrapped)], ignore_conflicts=True)
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


def number_of(sealed: bytes) -> int:
    """The number of the key that a value was sealed with."""
    return int.from_bytes(bytes(sealed[1:3]), "big")


def _scope_key(owner: str) -> bytes:
    from tenants.keyring.models import SCOPE_KEY, WrappedKey

    row = WrappedKey.objects.filter(purpose=SCOPE_KEY, destroyed_at=None).order_by("-number").first()
    if row is None:
        raise KeyMissing(SCOPE_KEY)
    return _unwrap(_master(), bytes(row.wrapped), f"scope-key:{owner}")


def _unwrap(key: bytes, wrapped: bytes, bound: str) -> bytes:
    try:
        return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound.encode())
    except InvalidTag:
        raise SealBroken from None


def _master() -> bytes:
    return hashlib.sha256(b"shugaku master key v1:" + settings.MASTER_KEY.encode()).digest()


def _bound(purpose: str, aad: str) -> bytes:
    return f"{scope()}|{purpose}|{aad}".encode()
