"""The numbers of one household, typed at the desk: all of them are taken, or none and every mistake is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Household, Member
from domain.vault import modes
from domain.vault.desk import conflicts
from domain.vault.desk.checks import typed_number
from domain.vault.desk.conflicts import Kind, Pair
from domain.vault.errors import HeldByAnother
from domain.vault.models import PersonNumber
from domain.vault.numbers import Number
from domain.vault.sealing import index_of, make_keys, sealed_row, spellings
from domain.vault.storing import holders_of

FIELD = PersonNumber.Field.INDIVIDUAL
HAS_ANOTHER = "この人には別の番号が登録されています。届出による変更や誤りの訂正は「番号の変更」から入力してください。"
OWN_FORMER = "この人の変更前の番号です。変更後の番号を入力してください。"


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed for one member, as it was typed."""

    first: str = field(repr=False)
    second: str = field(repr=False)


@dataclass(slots=True)
class Entered:
    """`wrong`: words by member id; then nothing was stored. `stored` and `same` are member ids."""

    wrong: dict[int, str] = field(default_factory=dict)
    stored: list[int] = field(default_factory=list)
    same: list[int] = field(default_factory=list)


def enter_numbers(household: Household, typed: Mapping[int, Typed], *, identity: str, user: User) -> Entered:
    """Take the numbers of members of one household. `identity`: how 本人確認 was done (番号法16条).

    Members without any input are left. Raises NumbersNotHeldHere, HeldByAnother (taken by somebody else at this moment).
    """
    rules = modes.refuse_where_never_held(FIELD)
    members = {member.pk: member for member in Member.objects.filter(household=household, pk__in=list(typed))}
    result, numbers = Entered(), dict[int, Number]()
    for pk in members:
        number, wrong = typed_number(typed[pk].first, typed[pk].second)
        if wrong:
            result.wrong[pk] = wrong
        elif number is not None:
            numbers[pk] = number
    make_keys()
    indexes = {pk: index_of(FIELD, number) for pk, number in numbers.items()}
    spelled = spellings(FIELD, numbers.values())
    pairs = _together(members, indexes, result) + _of_others(indexes, spelled, result, user)
    conflicts.note(pairs)
    new = _new(indexes, spelled, result)
    if not result.wrong:
        until = modes.transit_until(rules, FIELD)
        _store(household, {pk: numbers[pk] for pk in new}, identity, until)
        result.stored = list(new)
        conflicts.settle_corrected(new)
    return result


def _together(members: Mapping[int, Member], indexes: Mapping[int, bytes], result: Entered) -> list[Pair]:
    """Equal numbers of two members in one go: the commonest real error is a number of the same family's other member."""
    by_index: dict[bytes, list[int]] = defaultdict(list)
    for pk, index in indexes.items():
        by_index[index].append(pk)
    pairs: list[Pair] = []
    for group in by_index.values():
        for pk in group if len(group) > 1 else []:
            others = "、".join(members[other].key for other in group if other != pk)
            result.wrong[pk] = (
                f"構成員 {others} と同じ番号が入力されています。どちらの番号か、確認書類を見直してください。"
            )
        pairs += [(group[0], other, Kind.TOGETHER) for other in group[1:]]
    return pairs


def _of_others(indexes: Mapping[int, bytes], spelled: Mapping[bytes, bytes], result: Entered, user: User) -> list[Pair]:
    holders = holders_of(spelled, FIELD)
    households = {row.member.household_id for rows in holders.values() for row in rows}
    seen = conflicts.households_seen(user, households)
    pairs: list[Pair] = []
    for pk, index in indexes.items():
        for row in holders.get(index, []):
            if row.member_id != pk:
                result.wrong.setdefault(pk, conflicts.words(row, seen))
                pairs.append((pk, row.member_id, conflicts.kind_of(row)))
            elif row.held_until is not None:
                result.wrong.setdefault(pk, OWN_FORMER)
    return pairs


def _new(indexes: Mapping[int, bytes], spelled: Mapping[bytes, bytes], result: Entered) -> Sequence[int]:
    """Those who have no number yet; who has the same one is noted, who has another one is sent to the change page."""
    present = PersonNumber.objects.filter(member_id__in=list(indexes), field=FIELD, held_until=None)
    held = {member: bytes(index) for member, index in present.values_list("member_id", "index")}
    for pk, index in held.items():
        if spelled.get(index) == indexes[pk]:
            result.same.append(pk)
        else:
            result.wrong.setdefault(pk, HAS_ANOTHER)
    return [pk for pk in indexes if pk not in held]


def _store(household: Household, numbers: Mapping[int, Number], identity: str, until: datetime | None) -> None:
    columns: dict[str, Any] = {"identity": identity, "entered_by": current_actor().name, "transit_until": until}
    rows = [sealed_row(pk, FIELD, number, **columns) for pk, number in numbers.items()]
    try:
        with transaction.atomic():
            PersonNumber.objects.bulk_create(rows)
            for pk in numbers:
                subjects = [Subject("member", str(pk)), Subject("household", str(household.pk))]
                record(Event.NUMBER_INDIVIDUAL_STORED, subjects=subjects, detail={"by": "desk", "identity": identity})
    except IntegrityError as error:
        raise HeldByAnother from error
