"""世帯員の異動: who joins or leaves a household, dated. Who counts for a year is a question of 前年末日 (or of a 再判定's day)."""

from __future__ import annotations

import datetime

from django.db import transaction

from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households import atena_numbers
from domain.households.models import Household, Member
from web.text import fold_name


class MoveOfMemberRefused(ValueError):
    """`households.move-of-member-refused`: the dates contradict each other."""

    identifier = "households.move-of-member-refused"


@transaction.atomic
def move_member(
    member: Member, *, joined_on: datetime.date | None, left_on: datetime.date | None, reason: str
) -> Member:
    """`left_on` is the first day on which the member does not belong any more. Raises MoveOfMemberRefused."""
    member = Member.objects.select_for_update().get(pk=member.pk)
    first = joined_on or member.born
    if joined_on is not None and joined_on < member.born:
        raise MoveOfMemberRefused("世帯に入った日が、生年月日より前です。")
    if left_on is not None and left_on <= first:
        raise MoveOfMemberRefused("世帯を離れた日は、世帯に入った日（または生年月日）より後にしてください。")
    before = (member.joined_on, member.left_on)
    if before == (joined_on, left_on):
        return member
    member.joined_on, member.left_on = joined_on, left_on
    member.save(update_fields=["joined_on", "left_on", "updated_at"])
    _record(member, before, reason)
    return member


@transaction.atomic
def add_member(
    household: Household,
    *,
    name: str,
    kana: str,
    born: datetime.date,
    relation: str,
    is_guardian: bool,
    joined_on: datetime.date,
    reason: str,
) -> Member:
    """Somebody who joins the household, with a 業務宛名番号 of their own. Raises MoveOfMemberRefused."""
    household = Household.objects.select_for_update().get(pk=household.pk)
    if joined_on < born:
        raise MoveOfMemberRefused("世帯に入った日が、生年月日より前です。")
    if household.members.filter(name_key=fold_name(name), born=born, left_on=None).exists():
        raise MoveOfMemberRefused("同じ氏名・生年月日の構成員がいます。一覧を確かめてください。")
    [number] = atena_numbers.issue(1)
    member = Member.objects.create(
        household=household,
        key=_next_key(household),
        atena_number=number,
        name=name,
        kana=kana,
        name_key=fold_name(name),
        kana_key=fold_name(kana),
        born=born,
        relation=relation,
        is_guardian=is_guardian,
        joined_on=joined_on,
    )
    _record(member, (None, None), reason)
    return member


def _next_key(household: Household) -> str:
    """The next 構成員番号, written as wide as the others."""
    keys = list(household.members.values_list("key", flat=True))
    highest = max((int(key) for key in keys if key.isdecimal()), default=0)
    return str(highest + 1).zfill(max((len(key) for key in keys), default=1))


def _record(member: Member, before: tuple[datetime.date | None, datetime.date | None], reason: str) -> None:
    after = (member.joined_on, member.left_on)
    days = [[day.isoformat() if day else "" for day in pair] for pair in (before, after)]
    subjects = [Subject("household", str(member.household_id)), Subject("member", str(member.pk))]
    detail: dict[str, JSON] = {"before": [*days[0]], "after": [*days[1]], "reason": reason.strip()}
    record(Event.HOUSEHOLD_MEMBER_MOVED, subjects=subjects, detail=detail)
