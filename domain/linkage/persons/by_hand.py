"""What staff did at the other side themselves, because the link cannot, or to try a refused line again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Household
from domain.linkage.errors import PersonRefused
from domain.linkage.models import Copy, Registration
from domain.linkage.persons.due import to_update, to_withdraw, waits_for_copy
from domain.linkage.persons.moving import move, note_by_hand
from domain.linkage.persons.states import Act, State
from domain.linkage.protection import PROTECTED
from domain.vault.services import end_unified, erase_after_receipt

TITLES = {"name": "氏名", "kana": "フリガナ", "born": "生年月日", "address": "住所"}
TRIED_AGAIN = "もう一度送る"


COPY_FIRST = (
    "廃止は、中間サーバーにある副本の削除が受け付けられるまで送りません（手作業での廃止も、その後にしてください）。"
)


@dataclass(frozen=True, slots=True)
class Due:
    """What is still to be told of one person, as (項目, 伝えた内容, いまの内容); `number`: the 個人番号 too.

    `waits`: the 廃止 that would be due waits until the copies are deleted; `years` are theirs (none yet: one is on its way).
    """

    kind: str = ""
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    number: bool = False
    waits: bool = False
    years: list[int] = field(default_factory=list)


def due_of(person: Registration) -> Due:
    """What differs from what 統合宛名 was told, refused or not; nothing while a line is under way."""
    if _one(to_withdraw(refused_too=True), person) is not None:
        return Due("廃止")
    if _one(waits_for_copy(), person) is not None:
        held = Copy.objects.filter(member=person.member_id, amount__isnull=False).order_by("fiscal_year")
        return Due(waits=True, years=list(held.values_list("fiscal_year", flat=True)))
    row = _one(to_update(refused_too=True), person)
    if row is None:
        return Due()
    hidden = Household.objects.filter(members=person.member_id, address_hidden=True).exists()
    lines = [
        (title, *_shown(name, person.sent_as.get(name, ""), row.now[name], hidden=hidden))  # type: ignore[attr-defined]
        for name, title in TITLES.items()
        if person.sent_as.get(name) != row.now[name]  # type: ignore[attr-defined]  # annotated
    ]
    return Due("異動", lines, number=person.state == State.NUMBER_CHANGED)


def record_by_hand(person: Registration, note: str) -> None:
    """異動 or 廃止 was keyed at 統合宛名 by hand: from now on it counts as told. Raises PersonRefused."""
    if not note.strip():
        raise PersonRefused("いつ、どの端末で、何を変更したかを入力してください。")
    with transaction.atomic():
        current = Registration.objects.select_for_update().get(pk=person.pk)
        due = due_of(current)
        if due.waits:
            raise PersonRefused(COPY_FIRST)
        if not due.kind:
            raise PersonRefused("この人について、統合宛名に伝えるものはありません。画面を開き直してください。")
        said = f"手作業で{due.kind}: {note.strip()}"
        if due.kind == "廃止":
            move([current.pk], Act.WITHDRAW, note=said, refused={}, reason="")
            end_unified([current.member_id], batch="by-hand")
        else:
            _told(current, said)
        detail = {"kind": due.kind}
        record(Event.LINKAGE_PERSON_HANDLED, subjects=[Subject("member", str(current.member_id))], detail=detail)


def try_again(person: Registration) -> None:
    """Let a refused line go out with the next run. Raises PersonRefused when nothing was refused."""
    with transaction.atomic():
        if not Registration.objects.filter(pk=person.pk).exclude(refused={}).update(refused={}, reason=""):
            raise PersonRefused("断られた異動・廃止はありません。画面を開き直してください。")
        note_by_hand(person, TRIED_AGAIN)
        subjects = [Subject("member", str(person.member_id))]
        record(Event.LINKAGE_PERSON_HANDLED, subjects=subjects, detail={"kind": TRIED_AGAIN})


def _told(person: Registration, said: str) -> None:
    rows: Iterable[tuple[Any, ...]] = to_update(refused_too=True).filter(pk=person.pk).values_list("now", "number")  # type: ignore[misc]
    for now, number in rows:
        Registration.objects.filter(pk=person.pk).update(sent_as=now, number_row=number, refused={}, reason="")
    if not move([person.pk], Act.TELL, note=said, checked_at=None):
        note_by_hand(person, said)
    else:
        erase_after_receipt([person.member_id], batch="by-hand")


def _one(people: QuerySet[Registration], person: Registration) -> Registration | None:
    return people.filter(pk=person.pk).first()


def _shown(name: str, before: str, now: str, *, hidden: bool) -> tuple[str, str]:
    return (PROTECTED, PROTECTED) if hidden and name == "address" else (before or "（なし）", now)
