"""What a person decides about a line: a refused one was put right, one was looked up or carried out at the terminal."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from accounts.permissions import Permission
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage.errors import NoConfiguration, SettlementRefused
from domain.linkage.exchange.adapters import settings_in_force
from domain.linkage.models import Copy, CopyLine, CopyList, DeletionReport
from domain.linkage.providing.history import move, note_steps
from domain.linkage.providing.holding import held_after

State = CopyLine.State
NO_NOTE = "何を見て判断したかを入力してください。"


def mark_corrected(line: CopyLine, note: str) -> None:
    """What kept the other side from taking the line was put right: the next list has it again. Raises SettlementRefused."""
    with transaction.atomic():
        refused = Q(state=State.REFUSED, corrected=False)
        current = _locked(line, refused, "登録不可の明細ではありません。画面を開き直してください。", note)
        current.corrected = True
        current.save(update_fields=["corrected"])
        note_steps([current], State.REFUSED, {current.pk: note})
        _note(current, "corrected")


def settle_at_terminal(line: CopyLine, *, done: bool, record_number: str, note: str) -> None:
    """A person looked at the terminal of 中間サーバー, or did it there: the act was carried out, or was not. Raises SettlementRefused.

    That a copy was deleted there is no one person's word: it is reported and confirmed (`reporting`).
    `record_number`: of the copy as it stands there; needed where it was added. Which lines: `for_terminal`.
    """
    record_number = record_number.strip()
    with transaction.atomic():
        current = _locked(line, for_terminal(), "端末で確かめる明細ではありません。画面を開き直してください。", note)
        if current.state == State.REFUSED and not done:
            raise SettlementRefused("登録不可の明細は、原因を直すか、端末で削除してから記録してください。")
        if done and current.act == CopyLine.Act.DELETE:
            raise SettlementRefused("端末で削除したことは、報告して、別の人が確かめてから記録します。")
        if done:
            _hold(current, record_number)
        move([current], State.ACCEPTED if done else State.DROPPED, {current.pk: note})
        _note(current, "done" if done else "not_done")


def for_terminal() -> Q:
    """Unknown lines, deletions that were refused, and approved lines that the link in force cannot send."""
    refused = Q(state=State.REFUSED, corrected=False, act=CopyLine.Act.DELETE)
    return Q(state=State.UNKNOWN) | refused | by_hand()


def link_provides() -> bool:
    """Whether the link in force sends copies; else people key them at the terminal of 中間サーバー."""
    try:
        return settings_in_force().workflow.provides
    except NoConfiguration:
        return False


def by_hand() -> Q:
    """Approved lines that the link in force cannot send."""
    if link_provides():
        return Q(pk__in=[])
    return Q(state=State.WAITING, batch=None, listed__state=CopyList.State.APPROVED)


def _hold(line: CopyLine, record_number: str) -> None:
    number = record_number or line.record_number
    if not number:
        raise SettlementRefused("登録されていたときは、端末に表示された副本番号を入力してください。")
    if Copy.objects.filter(record_number=number).exclude(pk=line.copy_id).exists():
        raise SettlementRefused("この副本番号は別の人の副本のものです。端末の表示を確かめてください。")
    held_after(line, number).save()


def _locked(line: CopyLine, which: Q, refusal: str, note: str) -> CopyLine:
    if not note.strip():
        raise SettlementRefused(NO_NOTE)
    found = (
        CopyLine.objects.filter(which, pk=line.pk)
        .select_for_update(of=("self",))
        .select_related("copy", "report")
        .first()
    )
    if found is None:
        raise SettlementRefused(refusal)
    if found.report is not None and found.report.state == DeletionReport.State.PROPOSED:
        raise SettlementRefused(
            "端末で削除したという報告が、別の人の確認を待っています。違うときは、一覧の画面で報告を取り下げてください。"
        )
    return found


def _note(line: CopyLine, act: str) -> None:
    subjects = [Subject("member", str(line.copy.member_id)), Subject("copy_line", str(line.pk))]
    allowed_by = Permission.RUN_LINKAGE.value
    record(Event.LINKAGE_PROVISION_SETTLED, subjects=subjects, detail={"act": act}, allowed_by=allowed_by)
