"""What a person decides about a line: a refused one was put right, an unknown one was looked up."""

from __future__ import annotations

from django.db import transaction

from accounts.permissions import Permission
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage.errors import SettlementRefused
from domain.linkage.models import Copy, CopyLine
from domain.linkage.providing.history import move, note_steps
from domain.linkage.providing.holding import held_after

State = CopyLine.State


def mark_corrected(line: CopyLine, note: str) -> None:
    """What kept the other side from taking the line was put right: the next list has it again. Raises SettlementRefused."""
    with transaction.atomic():
        current = _locked(line, State.REFUSED, "登録不可の明細ではありません。画面を開き直してください。", note)
        current.corrected = True
        current.save(update_fields=["corrected"])
        note_steps([current], State.REFUSED, {current.pk: note})
        _note(current, "corrected")


def settle_unknown(line: CopyLine, *, done: bool, record_number: str, note: str) -> None:
    """A person looked at the terminal of 中間サーバー: the act was carried out there, or was not. Raises SettlementRefused.

    `record_number`: of the copy as it stands there; needed where it was added.
    """
    record_number = record_number.strip()
    with transaction.atomic():
        current = _locked(line, State.UNKNOWN, "結果不明の明細ではありません。画面を開き直してください。", note)
        if done:
            _hold(current, record_number)
        move([current], State.ACCEPTED if done else State.DROPPED, {current.pk: note})
        _note(current, "done" if done else "not_done")


def _hold(line: CopyLine, record_number: str) -> None:
    number = record_number or line.record_number
    if line.act != CopyLine.Act.DELETE:
        if not number:
            raise SettlementRefused("登録されていたときは、端末に表示された副本番号を入力してください。")
        if Copy.objects.filter(record_number=number).exclude(pk=line.copy_id).exists():
            raise SettlementRefused("この副本番号は別の人の副本のものです。端末の表示を確かめてください。")
    held_after(line, number).save()


def _locked(line: CopyLine, state: str, refusal: str, note: str) -> CopyLine:
    if not note.strip():
        raise SettlementRefused("何を見て判断したかを入力してください。")
    current = CopyLine.objects.select_for_update(of=("self",)).select_related("copy").get(pk=line.pk)
    if current.state != state or current.corrected:
        raise SettlementRefused(refusal)
    return current


def _note(line: CopyLine, act: str) -> None:
    record(
        Event.LINKAGE_PROVISION_SETTLED,
        subjects=[Subject("member", str(line.copy.member_id)), Subject("copy_line", str(line.pk))],
        detail={"act": act},
        allowed_by=Permission.RUN_LINKAGE.value,
    )
