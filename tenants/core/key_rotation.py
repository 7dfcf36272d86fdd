"""Changing and destroying keys. Runs as the owner login, in a process of its own: a scope's login only ever adds keys.

Nothing sealed is touched: a change wraps the keys below anew. Every wrapped key says which key it lies under (master key: a mark;
scope key: its number), so that processes which still know only the one before go on opening, and nobody has to stop.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from tenants.core import keys
from tenants.core.providers import provider
from tenants.core.provisioning import require_owner
from tenants.keyring.models import SCOPE_KEY, WrappedKey

SETTLE = timedelta(seconds=keys.KEPT_SECONDS + 5)


class NotSettled(RuntimeError):
    """`keys.not-settled`: the newer key is too young, or something still lies under the older one."""

    identifier = "keys.not-settled"

    def __init__(self) -> None:
        super().__init__(
            f"前の鍵をまだ使う処理があるかもしれません。新しい鍵を作ってから{SETTLE.seconds}秒以上あとに、もう一度実行してください。"
        )


@dataclass(frozen=True, slots=True)
class Destroyed:
    """One key that is no more. `fingerprint`: SHA-256 of what it was wrapped as."""

    purpose: str
    number: int
    year: int
    made_at: datetime
    fingerprint: str


def wrap_under_todays_master(schema: str, owner: str) -> int:
    """The keys of a scope under the master key of today. Returns how many were changed; run again, none."""
    require_owner()
    holder = provider()
    with schema_context(schema), transaction.atomic():
        rows = WrappedKey.objects.select_for_update().filter(purpose=SCOPE_KEY, destroyed_at=None)
        old = [row for row in rows if not holder.is_current(bytes(row.wrapped))]
        for row in old:
            row.wrapped = holder.wrap(owner, holder.unwrap(owner, bytes(row.wrapped)))
            row.save(update_fields=["wrapped"])
    return len(old)


def begin_scope_key(schema: str, owner: str) -> int:
    """A new key of the scope, and every data key wrapped under it. Returns its number. The older one still opens."""
    require_owner()
    with schema_context(schema), transaction.atomic():
        newest = WrappedKey.objects.select_for_update().filter(purpose=SCOPE_KEY).latest("number").number
        material = provider().wrap(owner, os.urandom(32))
        WrappedKey.objects.create(purpose=SCOPE_KEY, number=newest + 1, year=keys.fiscal_year_today(), wrapped=material)
        _wrap_data_keys_anew(owner, newest + 1)
    return newest + 1


def require_settled(schema: str) -> None:
    """Raises NotSettled where a process may still hold a scope key older than the newest."""
    require_owner()
    with schema_context(schema):
        _refuse_young(WrappedKey.objects.filter(purpose=SCOPE_KEY, destroyed_at=None).latest("number"))


def _refuse_young(newest: WrappedKey) -> None:
    if timezone.now() - newest.created_at < SETTLE:
        raise NotSettled


def end_older_scope_keys(schema: str, owner: str) -> list[Destroyed]:
    """Destroy the scope keys before the newest, once no process can hold them. Raises NotSettled."""
    require_settled(schema)
    with schema_context(schema), transaction.atomic():
        known = list(WrappedKey.objects.select_for_update().filter(purpose=SCOPE_KEY, destroyed_at=None))
        newest = max(known, key=lambda row: row.number)
        _refuse_young(newest)
        _wrap_data_keys_anew(owner, newest.number)
        return _destroy([row for row in known if row.number != newest.number])


def shred(schema: str) -> list[Destroyed]:
    """Destroy every key of a scope: from now on nothing it sealed opens, wherever a copy of it lies. There is no way back.

    Returns every key that the scope ever had. So a shredding that died after this can be told whole when it is done again.
    """
    require_owner()
    with schema_context(schema), transaction.atomic():
        _destroy(list(WrappedKey.objects.select_for_update().filter(destroyed_at=None)))
        return [_told(row) for row in WrappedKey.objects.order_by("purpose", "number")]


def digest_of(destroyed: list[Destroyed]) -> str:
    """SHA-256 over the list, as the certificate and the trail have it."""
    lines = "\n".join(f"{key.purpose}|{key.number}|{key.fingerprint}" for key in destroyed)
    return hashlib.sha256(lines.encode()).hexdigest()


def _wrap_data_keys_anew(owner: str, scope_number: int) -> None:
    rows = WrappedKey.objects.select_for_update().exclude(purpose=SCOPE_KEY).filter(destroyed_at=None)
    for row in rows:
        if int.from_bytes(bytes(row.wrapped)[:2], "big") != scope_number:
            material = keys.unwrap_data_key(owner, row)
            row.wrapped = keys.wrap_data_key(owner, row.purpose, row.number, material)
            row.save(update_fields=["wrapped"])


def _destroy(rows: list[WrappedKey]) -> list[Destroyed]:
    for row in rows:
        row.fingerprint = hashlib.sha256(bytes(row.wrapped)).hexdigest()
        row.wrapped, row.destroyed_at = b"", timezone.now()
    WrappedKey.objects.bulk_update(rows, ["wrapped", "destroyed_at", "fingerprint"])
    keys.forget_kept_keys()
    return [_told(row) for row in rows]


def _told(row: WrappedKey) -> Destroyed:
    return Destroyed(row.purpose, row.number, row.year, row.created_at, row.fingerprint)
