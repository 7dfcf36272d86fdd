"""鍵の更新: a new key, every row sealed or indexed anew, and the old key destroyed with its certificate (`KeyRotation`).

The end can be measured: the number of rows left under the old key (`left`), counted by the key number that each sealed value
begins with, or that stands beside its blind index. Stopped anywhere, the job finds the rest by the same count. The old key goes
only when the count is 0 and no process can still hold it (`SETTLE`); the database refuses to destroy it earlier, and refuses rows
under a destroyed key.

The blind index is what finds duplicates, so its key changes at one moment: until then every row stands under the old key and is
looked for under it, while the job writes the index under the new key beside it (`index_next`). When no row is without and everybody
knows the new key, one transaction puts it in the place of the old (writers wait for it) and destroys the old key. Who has not heard
of that yet looks for numbers under both, and a row of theirs is put under the new key by trigger.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Func, IntegerField, Model, QuerySet, Value
from django.utils import timezone

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.vault import deposit_keys, sealing
from domain.vault.errors import RotationRunning
from domain.vault.models import DepositKey, KeyRotation, PersonNumber
from jobs import services as jobs
from jobs.handle import JobHandle
from jobs.models import Job
from tenants.core import keys
from tenants.keyring.models import WrappedKey

JOB = "vault.rotate_key"
PURPOSES = {
    sealing.PURPOSE: "個人番号・団体内統合宛名番号",
    deposit_keys.PURPOSE: "番号受入の鍵",
    sealing.INDEX: "番号の重複を見つける照合",
}
CHUNK = 500
SETTLE = timedelta(seconds=keys.KEPT_SECONDS + 5)
"""So long another process may still seal with the key before (`tenants.core.keys`)."""


def start_rotation(purpose: str) -> tuple[KeyRotation, Job]:
    """Make the new key and start the job. Raises RotationRunning while one of the purpose is under way, KeyError."""
    title = f"鍵の更新（{PURPOSES[purpose]}）"
    with transaction.atomic():
        _make_first(purpose)
        known = list(WrappedKey.objects.filter(purpose=purpose, destroyed_at=None).order_by("number"))
        if KeyRotation.objects.filter(purpose=purpose, state=KeyRotation.State.RUNNING).exists() or len(known) != 1:
            raise RotationRunning
        old = known[0].number
        new = keys.add_key(purpose, old + 1)
        rotation = KeyRotation.objects.create(
            purpose=purpose, old_number=old, new_number=new, started_by=current_actor().name
        )
        record(
            Event.NUMBER_KEY_CHANGED, subjects=[_subject(rotation)], detail={"purpose": purpose, "old": old, "new": new}
        )
        job = jobs.start(JOB, {"rotation": rotation.pk}, key=f"{JOB}:{rotation.pk}", title=title)
    return rotation, job


def left(rotation: KeyRotation) -> int:
    """Values that are still sealed with the old key, or not indexed with the new one yet."""
    return _under(rotation).count()


def carry_out(handle: JobHandle, rotation_id: int) -> None:
    """Seal anew what is left, wait, destroy. Done already: nothing."""
    rotation = KeyRotation.objects.get(pk=rotation_id)
    if rotation.state == KeyRotation.State.DONE:
        return
    keys.forget_kept_keys()
    _reseal_all(handle, rotation)
    while timezone.now() - rotation.started_at < SETTLE:
        handle.advance(0, 1, "旧鍵がどこでも使われなくなるのを待っています")
        time.sleep(1)
    _reseal_all(handle, rotation)
    _destroy(rotation)
    handle.set_count("作り直した値", rotation.total)
    handle.set_count("旧鍵の残り", 0)


def destroy_unused_transit_key(age: timedelta) -> KeyRotation | None:
    """Change the key of numbers in transit when none is left and the key is older than `age`; the old one is destroyed."""
    with transaction.atomic():
        key = WrappedKey.objects.filter(purpose=sealing.TRANSIT, destroyed_at=None).order_by("-number").first()
        if key is None or timezone.now() - key.created_at < age:
            return None
        if PersonNumber.objects.filter(transit_until__isnull=False).exists():
            return None
        new = keys.add_key(sealing.TRANSIT, key.number + 1)
        rotation = KeyRotation.objects.create(
            purpose=sealing.TRANSIT, old_number=key.number, new_number=new, started_by=current_actor().name
        )
        _destroy(rotation)
    return rotation


def _reseal_all(handle: JobHandle, rotation: KeyRotation) -> None:
    total = rotation.total + left(rotation)
    while count := _reseal(rotation):
        handle.advance(rotation.total, total, "新しい鍵で作り直しています")
        handle.set_count("旧鍵の残り", total - rotation.total)
        total = max(total, rotation.total + (count == CHUNK))


@transaction.atomic
def _reseal(rotation: KeyRotation) -> int:
    rows = list(_under(rotation).select_for_update()[:CHUNK])
    column = "index_next" if rotation.purpose == sealing.INDEX else "sealed"
    for row in rows:
        setattr(row, column, _anew(row, rotation))
    if rows:
        type(rows[0])._default_manager.bulk_update(rows, [column])
        KeyRotation.objects.filter(pk=rotation.pk).update(total=F("total") + len(rows))
        rotation.refresh_from_db(fields=["total"])
        record(
            Event.NUMBER_KEY_RESEALED,
            subjects=[Subject("key_rotation", str(rotation.pk))],
            detail={"purpose": rotation.purpose, "count": len(rows)},
        )
    return len(rows)


def _anew(row: Any, rotation: KeyRotation) -> bytes:
    if rotation.purpose == sealing.INDEX:
        return sealing.indexed_anew(row, rotation.new_number)
    return sealing.sealed_anew(row) if isinstance(row, PersonNumber) else deposit_keys.sealed_anew(row)


def _under(rotation: KeyRotation) -> QuerySet[Any]:
    if rotation.purpose == sealing.INDEX:
        return PersonNumber.objects.filter(index_key=rotation.old_number, index_next=None).order_by("pk")
    number = _byte(1) * 256 + _byte(2)
    table: type[Model] = DepositKey if rotation.purpose == deposit_keys.PURPOSE else PersonNumber
    rows = table._default_manager.alias(key_number=number).filter(key_number=rotation.old_number)
    if table is PersonNumber:
        rows = rows.filter(transit_until__isnull=rotation.purpose == sealing.PURPOSE)
    return rows.order_by("pk")


def _byte(place: int) -> Func:
    return Func(F("sealed"), Value(place), function="get_byte", output_field=IntegerField())


def _make_first(purpose: str) -> None:
    if purpose == sealing.INDEX:
        sealing.make_keys()
    else:
        keys.seal(purpose, b"", "first use")


def _switch_index(rotation: KeyRotation) -> None:
    """Every row stands under the new key from now on; who writes meanwhile waits."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE vault_personnumber IN SHARE ROW EXCLUSIVE MODE")
    rows = PersonNumber.objects.filter(index_key=rotation.old_number, index_next__isnull=False)
    rows.update(index=F("index_next"), index_next=None, index_key=rotation.new_number)


@transaction.atomic
def _destroy(rotation: KeyRotation) -> None:
    if rotation.purpose == sealing.INDEX:
        _switch_index(rotation)
    with connection.cursor() as cursor:
        cursor.execute("SELECT destroy_retired_key(%s, %s)", [rotation.purpose, rotation.old_number])
        (fingerprint,) = cursor.fetchone()
    rotation.fingerprint, rotation.state, rotation.destroyed_at = fingerprint, KeyRotation.State.DONE, timezone.now()
    rotation.save(update_fields=["fingerprint", "state", "destroyed_at"])
    detail = {
        "purpose": rotation.purpose,
        "key": rotation.old_number,
        "fingerprint": fingerprint,
        "resealed": rotation.total,
    }
    record(Event.NUMBER_KEY_DESTROYED, subjects=[_subject(rotation)], detail=detail)
    transaction.on_commit(keys.forget_kept_keys)


def _subject(rotation: KeyRotation) -> Subject:
    return Subject("key_rotation", str(rotation.pk))
