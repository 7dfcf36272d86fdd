"""The vault's door: everything that other packages may do with numbers. A number comes out only by `reveal*`."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from audit.trail.actors import current_actor
from audit.trail.parts import parts
from audit.trail.recorder import Entry, Subject, record, record_many
from audit.trail.vocabulary import Event
from domain.households.models import Member, School
from domain.vault import modes
from domain.vault.deposit_keys import set_deposit_key
from domain.vault.errors import (
    HeldByAnother,
    ListMissing,
    NotAllowed,
    NotHeld,
    NumbersNotHeldHere,
    ReasonMissing,
)
from domain.vault.intake.problems import HELD_BY_ANOTHER, UNKNOWN_MEMBER
from domain.vault.models import NumberDeposit, PersonNumber
from domain.vault.numbers import Number
from domain.vault.queries import numbers_held
from domain.vault.restoring import replay_tombstones
from domain.vault.revealing import reveal, reveal_many
from domain.vault.sealing import index_of, sealed_row, spellings
from domain.vault.storing import end_present
from domain.vault.transit import erase_after_receipt
from jobs import services as jobs
from tenants.core import files
from web.text import digits_like_number

__all__ = [
    "HeldByAnother", "ListMissing", "NotAllowed", "NotHeld", "Number", "NumbersNotHeldHere", "ReasonMissing",
    "end_unified", "erase_after_receipt", "known_deposit", "numbers_held", "receive_numbers", "replay_tombstones",
    "reveal", "reveal_many", "set_deposit_key", "store_unified",
]  # fmt: skip

IMPORT_NUMBERS = "vault.import_numbers"
MAX_DEPOSIT_BYTES = 20 * 1024 * 1024
_CHUNK = 1_000


def receive_numbers(school: School, file_name: str, data: bytes) -> NumberDeposit:
    """Keep a sealed file of individual numbers and start its job; the same bytes again give the deposit that is there.

    A file that was refused (another key, another prefecture), or whose people came into the roster only later, is read
    again when it is handed in again. It lies sealed in the prefecture's folder until the job has read it. Raises
    tenants.core.files.DiskFull, NumbersNotHeldHere.
    """
    modes.refuse_where_never_held(PersonNumber.Field.INDIVIDUAL)
    digest = hashlib.sha256(data).hexdigest()
    known = NumberDeposit.objects.filter(digest=digest).first()
    if known is not None and _is_done(known):
        return known
    path = f"deposits/{digest}.sealed"
    files.write_atomically(path, data, _safe_name(file_name))
    with transaction.atomic():
        NumberDeposit.objects.bulk_create([_new(school, file_name, digest, path)], ignore_conflicts=True)
        deposit = NumberDeposit.objects.select_for_update().get(digest=digest)
        if _is_done(deposit):
            transaction.on_commit(lambda: files.resolve(path).unlink(missing_ok=True))
            return deposit
        if deposit.state != NumberDeposit.State.WAITING:
            _wait_again(deposit, school, path)
        record(
            Event.IMPORT_FILE_RECEIVED,
            subjects=[Subject("file", str(deposit.pk)), Subject("school", str(school.pk))],
            detail={"sha256": digest, "bytes": len(data), "run": deposit.run},
        )
        jobs.start(
            IMPORT_NUMBERS,
            {"deposit": deposit.pk},
            key=job_key(deposit),
            title=f"個人番号の受入（{school.name}）",
        )
    return deposit


def known_deposit(data: bytes) -> NumberDeposit | None:
    """The deposit of the very same bytes, whichever school handed them in."""
    return NumberDeposit.objects.select_related("school").filter(digest=hashlib.sha256(data).hexdigest()).first()


def job_key(deposit: NumberDeposit) -> str:
    """The key of the job that does the present reading of a deposit."""
    return f"{IMPORT_NUMBERS}:{deposit.pk}:{deposit.run}"


def store_unified(pairs: Mapping[int, str], *, batch: str) -> None:
    """Seal 団体内統合宛名番号 by member id, as 統合宛名 gave them; one held already is left, another one replaces it.

    In the caller's transaction. `batch` names the exchange in the trail. Who has a 団体内統合宛名番号 is registered: a 個人番号
    held in transit only is erased with it. Raises HeldByAnother (nothing is stored then), NumbersNotHeldHere.
    """
    field = PersonNumber.Field.UNIFIED
    modes.refuse_where_never_held(field)
    numbers = {member: Number(text) for member, text in pairs.items()}
    indexes = {member: index_of(field, number) for member, number in numbers.items()}
    spelled = spellings(field, numbers.values())
    with transaction.atomic():
        present = PersonNumber.objects.select_for_update().filter(field=field, held_until=None)
        held = {row.member_id: spelled.get(bytes(row.index)) for row in present.filter(member_id__in=list(pairs))}
        wanted = [member for member, index in indexes.items() if held.get(member) != index]
        end_present(wanted, field, PersonNumber.Ended.REASSIGNED)
        taken = present.filter(index__in=list(spellings(field, (numbers[member] for member in wanted)))).exists()
        if taken or len({indexes[member] for member in wanted}) < len(wanted):
            raise HeldByAnother
        rows = [sealed_row(member, field, numbers[member]) for member in wanted]
        PersonNumber.objects.bulk_create(rows, batch_size=_CHUNK)
        record_many(
            Entry(
                Event.NUMBER_UNIFIED_STORED, [Subject("member", str(member)) for member in part], case=f"batch:{batch}"
            )
            for part in parts(wanted)
        )
        erase_after_receipt(pairs.keys(), batch=batch)


def end_unified(member_ids: Collection[int], *, batch: str) -> None:
    """廃止 at 統合宛名: their 団体内統合宛名番号 is theirs no longer and may be somebody's again. In the caller's transaction."""
    held = PersonNumber.objects.filter(member__in=list(member_ids), field=PersonNumber.Field.UNIFIED, held_until=None)
    members = sorted(held.values_list("member_id", flat=True))
    end_present(members, PersonNumber.Field.UNIFIED, PersonNumber.Ended.WITHDRAWN)
    record_many(
        Entry(Event.NUMBER_UNIFIED_ENDED, [Subject("member", str(member)) for member in part], case=f"batch:{batch}")
        for part in parts(members)
    )


def _new(school: School, file_name: str, digest: str, path: str) -> NumberDeposit:
    name = _safe_name(file_name)
    return NumberDeposit(school=school, file_name=name, digest=digest, path=path, created_by=current_actor().name)


def _safe_name(file_name: str) -> str:
    """A file name is kept for people; one that holds something like an individual number is not."""
    return "番号.sealed" if digits_like_number(file_name) else file_name[-120:]


def _is_done(deposit: NumberDeposit) -> bool:
    """Taken in, and reading it again would find nothing that it did not find before."""
    if deposit.state != NumberDeposit.State.TAKEN:
        return False
    open_problems = deposit.problems.filter(settled_at=None)
    now_known = Member.objects.filter(household__number=OuterRef("household_number"), key=OuterRef("member_key"))
    curable = Q(code=HELD_BY_ANOTHER) | (Q(code=UNKNOWN_MEMBER) & Exists(now_known))
    return not open_problems.filter(curable).exists()


def _wait_again(deposit: NumberDeposit, school: School, path: str) -> None:
    deposit.school, deposit.path, deposit.run = school, path, deposit.run + 1
    deposit.state, deposit.refusal_code, deposit.refusal = NumberDeposit.State.WAITING, "", ""
    deposit.emptied_at, deposit.created_by = None, current_actor().name
    deposit.save()
