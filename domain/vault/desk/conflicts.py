"""番号の重複: one number of two people. Noted with both people and without the number; closed by somebody who has looked."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from audit.trail.actors import current_actor
from audit.trail.recorder import Entry, Subject, record, record_many
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.households.queries import visible_households
from domain.vault.errors import WrongState
from domain.vault.models import NumberConflict, PersonNumber
from domain.vault.numbers import Number
from domain.vault.sealing import spellings
from domain.vault.storing import holders_of

Kind = NumberConflict.Kind
Pair = tuple[int, int, Kind]
CORRECTED = "入力し直した番号は、二人で別の番号です。"


def kind_of(row: PersonNumber) -> Kind:
    """What it means that a number entered for somebody is in this row of somebody else."""
    return Kind.SHARED if row.held_until is None else Kind.FORMER


def note(pairs: Iterable[Pair]) -> None:
    """Write down who and whom; one that is open already is not written again."""
    by = current_actor().name
    with transaction.atomic():
        for member, other, kind in sorted(set(pairs)):
            _, new = NumberConflict.objects.get_or_create(
                member_id=member, other_id=other, kind=kind, settled_at=None, defaults={"found_by": by}
            )
            if new:
                record_many([Entry(Event.NUMBER_CONFLICT_FOUND, _subjects(member, other), {"kind": kind.value})])


def note_unified(member_id: int, unified_number: str) -> None:
    """統合宛名 gave somebody the 団体内統合宛名番号 that another person here has."""
    field = PersonNumber.Field.UNIFIED
    holders = holders_of(spellings(field, [Number(unified_number)]), field).values()
    others = (row.member_id for rows in holders for row in rows if row.member_id != member_id)
    note((member_id, other, Kind.UNIFIED) for other in others)


def open_conflicts(user: User) -> QuerySet[NumberConflict]:
    """Those of people whose numbers the person takes in."""
    seen = visible_households(user, Permission.IMPORT_NUMBERS)
    found = NumberConflict.objects.filter(settled_at=None).select_related("member__household", "other__household")
    return found.filter(Q(member__household__in=seen) | Q(other__household__in=seen))


def households_seen(user: User, households: Collection[int]) -> set[int]:
    """Of these households, those that may be named to the person."""
    seen = visible_households(user, Permission.IMPORT_NUMBERS).filter(pk__in=list(households))
    return set(seen.values_list("pk", flat=True))


def settle_corrected(members: Collection[int]) -> None:
    """Close what said that one number was typed for two people, once each of them has a number of their own."""
    field = PersonNumber.Field.INDIVIDUAL
    typed = Q(member__in=members) | Q(other__in=members)
    with transaction.atomic():
        found = list(NumberConflict.objects.select_for_update().filter(typed, kind=Kind.TOGETHER, settled_at=None))
        people = {pk for row in found for pk in (row.member_id, row.other_id)}
        present = PersonNumber.objects.filter(member__in=people, field=field, held_until=None)
        held = {member: bytes(index) for member, index in present.values_list("member_id", "index")}
        for row in found:
            one, other = held.get(row.member_id), held.get(row.other_id)
            if one is not None and other is not None and one != other:
                settle(row, CORRECTED)


def settle(conflict: NumberConflict, note: str) -> None:
    """Close one with what came out. Raises WrongState when it is closed already."""
    with transaction.atomic():
        row = NumberConflict.objects.select_for_update().get(pk=conflict.pk)
        if row.settled_at is not None:
            raise WrongState("処理済")
        row.settled_at, row.settled_by, row.note = timezone.now(), current_actor().name, note.strip()[:400]
        row.save(update_fields=["settled_at", "settled_by", "note"])
        record(
            Event.NUMBER_CONFLICT_SETTLED,
            subjects=_subjects(row.member_id, row.other_id),
            detail={"kind": row.kind, "note": row.note},
        )


def words(row: PersonNumber, seen: set[int]) -> str:
    """What the person at the desk reads about a number that somebody else has; never the number."""
    whose = _name(row.member) if row.member.household_id in seen else "あなたの担当でない世帯の人"
    if kind_of(row) is Kind.FORMER:
        return f"この番号は、{whose}の変更前の番号です。取り違えがないか、確認書類を見直してください。"
    return (
        f"この番号は、{whose}に登録されています。取り違えがないか、両方の確認書類を見直してください。"
        "直らないときは情報セキュリティ管理者に連絡してください。"
    )


def _name(member: Member) -> str:
    return f"世帯 {member.household.number} の構成員 {member.key}"


def _subjects(member: int, other: int) -> list[Subject]:
    return [Subject("member", str(member)), Subject("member", str(other))]
