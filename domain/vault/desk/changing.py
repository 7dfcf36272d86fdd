"""番号の変更: a number that leaked was replaced by another (番号法7条2項), or the wrong one had been entered.

After a leak the old number stays until it is purged, with the day from which it is no longer valid, and is found by its blind
index: nobody is given it again. A number entered by mistake never was this person's, so the right one takes its period.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.vault import modes
from domain.vault.desk import conflicts
from domain.vault.desk.entering import OWN_FORMER
from domain.vault.errors import ChangeRefused, HeldByAnother, NotHeld
from domain.vault.models import PersonNumber
from domain.vault.numbers import Number
from domain.vault.sealing import make_keys, sealed_row, spellings
from domain.vault.storing import end_present, holders_of

FIELD = PersonNumber.Field.INDIVIDUAL
REASONS = (PersonNumber.Ended.LEAKED, PersonNumber.Ended.CORRECTED)


def change_number(
    member: Member, number: Number, *, on: datetime.date, because: str, identity: str, user: User
) -> PersonNumber:
    """Put `number` in the place of the present one, from the day `on` (after a correction: for the same period).

    Raises NumbersNotHeldHere, NotHeld, ChangeRefused, HeldByAnother.
    """
    rules = modes.refuse_where_never_held(FIELD)
    if because not in REASONS:
        raise ChangeRefused("変更の理由を一覧から選んでください。")
    make_keys()
    spelled = spellings(FIELD, [number])
    _refuse_others(member, spelled, user)
    try:
        with transaction.atomic():
            present = _present(member)
            _refuse_day(present, spelled, on)
            corrected = because == PersonNumber.Ended.CORRECTED
            begins = present.valid_from if corrected else on
            end_present([member.pk], FIELD, because, on=on)
            row = sealed_row(
                member.pk, FIELD, number, valid_from=begins, identity=identity, entered_by=current_actor().name,
                transit_until=modes.transit_until(rules, FIELD),
            )  # fmt: skip
            row.save(force_insert=True)
            subjects = [Subject("member", str(member.pk)), Subject("household", str(member.household_id))]
            detail = {"because": because, "on": on.isoformat(), "identity": identity}
            record(Event.NUMBER_INDIVIDUAL_CHANGED, subjects=subjects, detail=detail)
    except IntegrityError as error:
        raise HeldByAnother from error
    return row


def _present(member: Member) -> PersonNumber:
    rows = PersonNumber.objects.select_for_update().filter(member=member, field=FIELD, held_until=None)
    row = rows.first()
    if row is None:
        raise NotHeld
    return row


def _refuse_day(present: PersonNumber, spelled: Mapping[bytes, bytes], on: datetime.date) -> None:
    if bytes(present.index) in spelled:
        raise ChangeRefused("いま登録されている番号と同じです。変更後の番号を入力してください。")
    if on > timezone.localdate():
        raise ChangeRefused("変更日は今日までの日付にしてください。")
    if present.valid_from is not None and on < present.valid_from:
        raise ChangeRefused("変更日が、いまの番号の有効開始日より前です。日付を確かめてください。")


def _refuse_others(member: Member, spelled: Mapping[bytes, bytes], user: User) -> None:
    rows = [row for held in holders_of(spelled, FIELD).values() for row in held]
    if any(row.member_id == member.pk and row.held_until is not None for row in rows):
        raise ChangeRefused(OWN_FORMER)
    others = [row for row in rows if row.member_id != member.pk]
    if others:
        conflicts.note((member.pk, row.member_id, conflicts.kind_of(row)) for row in others)
        seen = conflicts.households_seen(user, {row.member.household_id for row in others})
        raise ChangeRefused(conflicts.words(others[0], seen))
